/**
 * Runs the vectors of ../fixtures against the JavaScript client; prints what fails.
 *
 *     node conformance.mjs     exit code 1 when something fails
 *
 * Everything runs twice: verified by Node's own library and by WebCrypto. In a browser import
 * `run` and give it a function that fetches a fixture.
 */

import * as client from './aftercare_license.mjs';

const SETTINGS = ['host', 'key', 'keys', 'version']; // that change from a step on

/** @returns {{count: number, failures: string[]}} */
export async function run(load, verifier) {
    const failures = [];
    let count = 0;

    function equal(name, expected, actual) {
        count += 1;
        if (JSON.stringify(expected) !== JSON.stringify(actual)) {
            failures.push(`${name}: expected ${JSON.stringify(expected)}, got ${JSON.stringify(actual)}`);
        }
    }

    /** Plays the server: one answer per step. */
    function makeServer(tokens = null) {
        const server = async (url, headers, body, timeout) => {
            server.requests.push({url, timeout, ...JSON.parse(body)});
            const answer = server.answer || {fails: 'not expected'};
            if ('fails' in answer) throw new Error(answer.fails);
            let text = answer.body ?? '';
            if ('token' in answer) {
                const token = tokens ? tokens[answer.token] : answer.token;
                text = JSON.stringify({token, key_transition: answer.transition});
            }
            return {status: answer.status, headers: answer.headers || {}, body: text};
        };
        return Object.assign(server, {requests: [], answer: null});
    }

    function make(config, store, transport, now) {
        const more = verifier ? {verifier} : {};
        return new client.Client({...config, ...more, store, transport, now: () => now, nonce: () => config.nonce});
    }

    function act(actor, action, file) {
        if (action === 'import') return actor.importFile(file);
        return action === 'check' ? actor.check() : actor.refresh(action === 'check_now');
    }

    function normalize(text, options = {}) {
        try {
            const {name, kind} = client.normalize(text, Boolean(options.allow_wildcard));
            return [name, kind];
        } catch (error) {
            return error.code || String(error);
        }
    }

    const serverOnly = await load('server_only');
    for (const vector of await load('hosts')) {
        if (serverOnly.inputs.includes(vector.input) || serverOnly.errors.includes(vector.error)) continue;
        const expected = vector.result ? [vector.result.name, vector.result.kind] : vector.error;
        equal(`host ${JSON.stringify(vector.input)}`, expected, normalize(vector.input, vector.options));
    }
    for (const vector of await load('matching')) {
        const bound = client.normalize(vector.bound, true).name;
        const registrable = serverOnly.registrable[vector.bound];
        let actual = false;
        try {
            actual = client.matches(bound, client.normalize(vector.presented), vector.mode, registrable);
        } catch (error) {
            if (!(error instanceof client.HostError)) throw error;
        }
        equal(`match ${JSON.stringify(vector)}`, vector.match, actual);
    }

    const tokens = await load('tokens');
    for (const vector of tokens.vectors) {
        const server = makeServer();
        server.answer = {status: 200, token: vector.token};
        const config = {...tokens.config};
        for (const name of ['host', 'instance']) if (name in vector) config[name] = vector[name];
        const store = client.memoryStore(JSON.stringify(vector.seen || {}));
        const actor = make(config, store, server, vector.now ?? tokens.now);
        const result = await act(actor, vector.via === 'file' ? 'import' : 'refresh', vector.token);
        for (const [name, expected] of Object.entries(vector.expect)) {
            const actual = name === 'verdict' ? result.problem === null : result[name];
            equal(`token ${vector.name}: ${name}`, expected, actual);
        }
    }

    const contract = await load('contract');
    for (const scenario of contract.scenarios) {
        const server = makeServer(contract.tokens);
        const store = client.memoryStore();
        const config = {...contract.config, ...scenario.config};
        for (const [index, step] of scenario.steps.entries()) {
            for (const name of SETTINGS) if (name in step) config[name] = step[name];
            if ('store' in step) store.set(step.store);
            Object.assign(server, {answer: step.answer, requests: []});
            const result = await act(make(config, store, server, step.at), step.do, step.file);
            for (const [name, expected] of Object.entries(step.expect)) {
                let actual = result[name];
                if (name === 'asked') {
                    actual = server.requests.length > 0;
                } else if (name === 'request') {
                    const request = server.requests[0] || {};
                    actual = Object.fromEntries(Object.keys(expected).map((member) => [member, request[member]]));
                }
                equal(`contract ${scenario.name}, step ${index + 1}: ${name}`, expected, actual);
            }
        }
    }

    // What data cannot say: real nonces, stores that break, an own instance id.
    const {nonce, instance, ...config} = contract.config;
    const server = makeServer();
    const actor = new client.Client({...config, store: client.memoryStore(), transport: server});
    await actor.refresh();
    await actor.refresh(true);
    const nonces = server.requests.map((request) => request.nonce);
    equal('nonces differ', true, nonces[0] !== nonces[1] && nonces[0].length === 24);
    const ids = new Set(server.requests.map((request) => request.instance.id)).add(await actor.getInstance());
    equal('the instance id stays', 1, ids.size);
    // Nobody listens at the second address, and no name is looked up.
    for (const [issuer, problem] of [['http://vendor.example', 'NOT_HTTPS'], ['https://[::]:1', 'NETWORK']]) {
        const plain = new client.Client({...config, issuer, store: client.memoryStore()});
        equal(`asked over https only: ${issuer}`, problem, (await plain.refresh()).problem);
    }
    const fail = () => { throw new Error('broken'); };
    const broken = new client.Client({...config, store: client.callbackStore(fail, fail), transport: server});
    const result = await broken.refresh();
    equal('a broken store is told', ['unlicensed', 'STORE'], [result.state, result.problem]);
    return {count, failures};
}

if (globalThis.process?.versions?.node) {
    const {readFile} = await import('node:fs/promises');
    const load = async (name) => JSON.parse(await readFile(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
    let failed = 0;
    for (const [name, verifier] of [['node:crypto', undefined], ['WebCrypto', client.verifyByWebCrypto]]) {
        const {count, failures} = await run(load, verifier);
        failures.forEach((failure) => console.log(`FAIL ${failure}`));
        console.log(`node ${process.versions.node}, ${name}: ${count} checks, ${failures.length} failed`);
        failed += failures.length;
    }
    process.exitCode = failed ? 1 : 0;
}
