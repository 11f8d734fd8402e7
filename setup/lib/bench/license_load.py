"""Loads an address: wrk for as much as it takes, and a paced run for how long answers take."""

import http.client
import random
import re
import statistics
import subprocess
import threading
import time

SCRIPT = """
local bodies = {}
for line in io.lines("%s") do bodies[#bodies + 1] = line end
local place = 0
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
request = function()
  place = place %% #bodies + 1
  return wrk.format(nil, nil, nil, bodies[place])
end
"""


def saturate(url, bodies_path, folder, seconds, connections=8):
    """Return requests per second, and how many answers were not 200."""
    script = folder / 'load.lua'
    script.write_text(SCRIPT % bodies_path)
    done = subprocess.run(
        ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '-s', script, url],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    wrong = re.search(r'Non-2xx or 3xx responses: (\d+)', done)
    rate = float(re.search(r'Requests/sec:\s+([\d.]+)', done)[1])
    return {'rps': rate, 'wrong': int(wrong[1]) if wrong else 0}


def pace(port, path, bodies, rate, seconds, connections=8):
    """Return milliseconds from when a request was due until it was answered, at a steady rate."""
    times, lock = [], threading.Lock()
    start = time.perf_counter() + 0.1

    def work(place):
        connection = http.client.HTTPConnection('127.0.0.1', port, timeout=30)
        found = []
        for number in range(place, int(rate * seconds), connections):
            due = start + number / rate
            time.sleep(max(0, due - time.perf_counter()))
            connection.request(
                'POST', path, random.choice(bodies), {'Content-Type': 'application/json'}
            )
            connection.getresponse().read()
            found.append((time.perf_counter() - due) * 1000)
        with lock:
            times.extend(found)

    threads = [threading.Thread(target=work, args=(place,)) for place in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.sort()
    return {'p50': statistics.median(times), 'p99': times[int(len(times) * 0.99)]}
