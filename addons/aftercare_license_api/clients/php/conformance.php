<?php
/**
 * Runs the vectors of ../fixtures against the PHP client; prints what fails.
 *
 *     php conformance.php       exit code 1 when something fails
 *     php -n conformance.php    the same without extensions that are not built in, as intl
 */

namespace AftercareLicense;

error_reporting(E_ALL);
set_error_handler(function ($level, $message, $file, $line) {
    if (error_reporting() & $level) {
        throw new \ErrorException($message, 0, $level, $file, $line);
    }
});
require __DIR__ . '/aftercare_license.php';

const SETTINGS = ['host', 'key', 'keys', 'version']; // that change from a step on
$count = 0;
$failures = [];

function load(string $name): array
{
    return json_decode(file_get_contents(__DIR__ . "/../fixtures/$name.json"), true, 32, JSON_THROW_ON_ERROR);
}

function equal(string $name, $expected, $actual): void
{
    global $count, $failures;
    $count++;
    if ($expected !== $actual) {
        $failures[] = $name;
        echo "FAIL $name: expected ", json_encode($expected), ', got ', json_encode($actual), "\n";
    }
}

/** Plays the server: one answer per step. */
class Server
{
    public $requests = [];
    public $answer = null;
    private $tokens;

    public function __construct(?array $tokens = null)
    {
        $this->tokens = $tokens;
    }

    public function __invoke(string $url, array $headers, string $body, int $timeout): array
    {
        $this->requests[] = ['url' => $url, 'timeout' => $timeout] + json_decode($body, true);
        $answer = $this->answer ?? ['fails' => 'not expected'];
        if (isset($answer['fails'])) {
            throw new \RuntimeException($answer['fails']);
        }
        $text = $answer['body'] ?? '';
        if (array_key_exists('token', $answer)) {
            $token = $this->tokens ? $this->tokens[$answer['token']] : $answer['token'];
            $text = json_encode(['token' => $token, 'key_transition' => $answer['transition'] ?? null]);
        }
        return [$answer['status'], $answer['headers'] ?? [], $text];
    }
}

function make(array $config, Store $store, Server $server, int $now): Client
{
    $nonce = $config['nonce'];
    $config['now'] = function () use ($now) {
        return $now;
    };
    $config['nonce'] = function () use ($nonce) {
        return $nonce;
    };
    return new Client(['store' => $store, 'transport' => $server] + $config);
}

function act(Client $client, string $action, ?string $file): Result
{
    if ($action === 'import') {
        return $client->importFile($file);
    }
    return $action === 'check' ? $client->check() : $client->refresh($action === 'check_now');
}

/** Return what normalisation says: [name, kind] or a code. */
function normalize(string $text, array $options)
{
    try {
        $host = Host::normalize($text, $options['allow_wildcard'] ?? false);
        return [$host->name, $host->kind];
    } catch (HostError $error) {
        return $error->getMessage();
    }
}

$hasIdn = function_exists('idn_to_ascii');
$serverOnly = load('server_only');
foreach (load('hosts') as $vector) {
    $isServerOnly = in_array($vector['input'], $serverOnly['inputs'], true)
        || in_array($vector['error'] ?? '', $serverOnly['errors'], true);
    if ($isServerOnly) {
        continue;
    }
    $actual = normalize($vector['input'], $vector['options'] ?? []);
    if (!$hasIdn && ($actual === 'NO_IDN' || ($vector['error'] ?? '') === 'BAD_IDN')) {
        continue; // without the extension intl a clear refusal is promised, and xn-- labels are taken as they are
    }
    $expected = isset($vector['result']) ? [$vector['result']['name'], $vector['result']['kind']] : $vector['error'];
    equal('host ' . json_encode($vector['input']), $expected, $actual);
}
foreach (load('matching') as $vector) {
    if (!$hasIdn && preg_match('/[^\x00-\x7f]/', $vector['bound'] . $vector['presented'])) {
        continue;
    }
    $bound = Host::normalize($vector['bound'], true)->name;
    $registrable = $serverOnly['registrable'][$vector['bound']] ?? null;
    try {
        $actual = Host::normalize($vector['presented'])->isCoveredBy($bound, $vector['mode'], $registrable);
    } catch (HostError $error) {
        $actual = false;
    }
    equal('match ' . json_encode($vector), $vector['match'], $actual);
}

$data = load('tokens');
foreach ($data['vectors'] as $vector) {
    $server = new Server();
    $server->answer = ['status' => 200, 'token' => $vector['token']];
    $config = array_intersect_key($vector, ['host' => 1, 'instance' => 1]) + $data['config'];
    $client = make($config, Store::memory(json_encode($vector['seen'] ?? [])), $server, $vector['now'] ?? $data['now']);
    $isFile = $vector['via'] === 'file';
    $result = act($client, $isFile ? 'import' : 'refresh', $isFile ? $vector['token'] : null);
    foreach ($vector['expect'] as $name => $expected) {
        equal("token {$vector['name']}: $name", $expected, $name === 'verdict' ? $result->problem === null : $result->$name);
    }
}

$data = load('contract');
foreach ($data['scenarios'] as $scenario) {
    $server = new Server($data['tokens']);
    $store = Store::memory();
    $config = ($scenario['config'] ?? []) + $data['config'];
    foreach ($scenario['steps'] as $number => $step) {
        $config = array_intersect_key($step, array_flip(SETTINGS)) + $config;
        if (isset($step['store'])) {
            ($store->set)($step['store']);
        }
        $server->answer = $step['answer'] ?? null;
        $server->requests = [];
        $result = act(make($config, $store, $server, $step['at']), $step['do'], $step['file'] ?? null);
        foreach ($step['expect'] as $name => $expected) {
            if ($name === 'asked') {
                $actual = $server->requests !== [];
            } elseif ($name === 'request') {
                $actual = array_merge($expected, array_intersect_key($server->requests[0], $expected));
            } else {
                $actual = $result->$name;
            }
            equal("contract {$scenario['name']}, step " . ($number + 1) . ": $name", $expected, $actual);
        }
    }
}

// What data cannot say: real nonces, stores that break, an own instance id.
$config = array_diff_key($data['config'], ['nonce' => 1, 'instance' => 1]);
$server = new Server();
$client = new Client(['store' => Store::memory(), 'transport' => $server] + $config);
$client->refresh();
$client->refresh(true);
[$first, $second] = array_column($server->requests, 'nonce');
equal('nonces differ', true, $first !== $second && strlen($first) === 24);
$ids = array_column(array_column($server->requests, 'instance'), 'id');
equal('the instance id stays', [$client->getInstance()], array_values(array_unique($ids)));
// Nobody listens at the second address, and no name is looked up.
foreach (['http://vendor.example' => 'NOT_HTTPS', 'https://[::]:1' => 'NETWORK'] as $issuer => $problem) {
    $plain = new Client(['issuer' => $issuer, 'store' => Store::memory()] + $config);
    equal("asked over https only: $issuer", $problem, $plain->refresh()->problem);
}
$fail = function () {
    throw new \RuntimeException('broken');
};
$result = (new Client(['store' => new Store($fail, $fail), 'transport' => $server] + $config))->refresh();
equal('a broken store is told', ['unlicensed', 'STORE'], [$result->state, $result->problem]);

printf("php %s%s: %d checks, %d failed\n", PHP_VERSION, $hasIdn ? '' : ' without intl', $count, count($failures));
exit($failures ? 1 : 0);
