/**
 * Client of the Aftercare licence API: one file to put into your product.
 *
 * Node 18 or newer, and browsers whose WebCrypto knows Ed25519 (Chrome 137, Firefox 129, Safari 17).
 * No packages. See ../README.md for how to integrate it in ten minutes. In short:
 *
 *     const client = new Client({issuer: 'https://vendor.example', product: 'acme-seo', keys: {'2026-11': '…'},
 *         host: settings.siteUrl, key: settings.licenseKey, store: fileStore('/var/lib/acme/license.json')});
 *     await client.refresh();                // from a scheduled job
 *     (await client.check()).allowed;        // anywhere: reads the store only, never the network
 *
 * No method throws: what went wrong is in `result.problem`.
 */

export const VERSION = '1.0.0';
const TIMEOUT = 5; // seconds
const CLOCK_TOLERANCE = 300;
const DAY = 86400;
const RETRY_FIRST = 300;
const RETRY_LAST = 6 * 3600;
const REFUSED_DELAYS = [12 * 3600, 24 * 3600, 48 * 3600];
const MAX_TOKEN = 16384;
const MAX_ANSWER = 65536;
const MAX_TRANSITIONS = 16;
const FILE_BEGIN = '-----BEGIN LICENSE FILE-----';
const FILE_END = '-----END LICENSE FILE-----';
const MESSAGES = {
    VALID: 'The licence is valid.',
    OFFLINE: 'Licensed by a licence file.',
    NON_PRODUCTION: 'A development or staging site, covered by the licence.',
    EXPIRED_GRACE: 'The licence has expired and works for a few more days. Please renew it.',
    NO_VERDICT: 'The licence could not be verified for a long time.',
    OFFLINE_EXPIRED: 'The licence file has run out. Please fetch a new one.',
    CLOCK: 'The clock of this computer is wrong; the licence cannot be verified.',
    NO_KEY: 'No licence key has been entered.',
    NOT_CHECKED: 'The licence has not been verified yet.',
    NOT_FOUND: 'This licence key is unknown.',
    EXPIRED: 'The licence has expired. Please renew it.',
    SUSPENDED: 'The licence is suspended.',
    REVOKED: 'The licence has been withdrawn.',
    NO_DOMAIN: 'The licence is not bound to a domain yet.',
    DOMAIN_SCOPE_MISMATCH: 'The licence is for another domain.',
    DOMAIN_SCOPE_INVALID: 'The address of this site cannot be licensed.',
    INSTANCE_MISMATCH: 'The licence is in use by another installation.',
    NO_ED25519: 'Signatures cannot be verified: this browser lacks Ed25519 in WebCrypto.',
};
const EMPTY = {
    question: '', token: '', sub: '', seq: 0, max_iat: 0, asked_at: 0, next_at: 0,
    failures: 0, refusals: 0, problem: '', instance: '',
    transitions: [], // statements by which pinned keys introduce others
};

/** Something that decides nothing; `code` says why. */
class NoVerdict extends Error {
    constructor(code, retryAfter = 0) {
        super(code);
        this.code = code;
        this.retryAfter = retryAfter;
    }
}

/** A text that is no host; `code` says why. */
export class HostError extends NoVerdict {}

function stop(isBad, code) {
    if (isBad) throw new NoVerdict(code);
}

function reject(isBad, code) {
    if (isBad) throw new HostError(code);
}

// === HOSTS === //

const RESERVED = new Set(
    'corp example home internal intranet invalid lan local localdomain localhost test'.split(' '));

/**
 * Return `{name, sent, kind}` of a site address; same rules as the server, less the public suffix
 * list (which the server looks into). `name` is compared, `sent` still has its www. and goes to
 * the server, `kind` is domain, reserved or ip. Throws a HostError with the server's code.
 */
export function normalize(text, allowWildcard = false) {
    text = typeof text === 'string' ? text.replace(/^[ \t\r\n\f\v]+|[ \t\r\n\f\v]+$/g, '') : '';
    reject(!text, 'EMPTY');
    reject(text.length > 4096, 'TOO_LONG');
    reject(/[\\\p{Cc}]/u.test(text), 'BAD_CHARACTER');
    const scheme = /^(?:([a-z][a-z0-9+.-]*):)?\/\//i.exec(text);
    reject(scheme && scheme[1] && !/^https?$/i.test(scheme[1]), 'BAD_SCHEME');
    let name = text.slice(scheme ? scheme[0].length : 0).split(/[/?#]/)[0];
    reject(name.includes('@'), 'USERINFO');
    reject(/[%\s]/.test(name), 'BAD_CHARACTER');
    reject(!name, 'EMPTY');
    if (name.startsWith('[') || name.split(':').length > 2) return normalizeIPv6(name);
    const [host, port] = name.split(':');
    checkPort(port);
    const isWildcard = host.includes('*');
    reject(isWildcard && !(allowWildcard && /^\*\.[^*]*$/.test(host)), 'WILDCARD_NOT_ALLOWED');
    const labels = splitLabels(isWildcard ? host.slice(2) : host);
    const last = labels[labels.length - 1];
    const sent = labels.join('.');
    reject(sent.length > 253, 'TOO_LONG');
    let kind = 'domain';
    if (/^([0-9]+|0x[0-9a-f]*)$/.test(last)) {
        kind = 'ip';
        const isByte = (part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256;
        reject(labels.length !== 4 || !labels.every(isByte), 'BAD_IPV4');
    } else if (RESERVED.has(last) || `.${sent}`.endsWith('.home.arpa')) {
        kind = 'reserved';
    } else {
        reject(labels.length === 1, 'SINGLE_LABEL');
    }
    if (isWildcard) {
        reject(kind !== 'domain', 'WILDCARD_NOT_ALLOWED');
        return {name: `*.${sent}`, sent: `*.${sent}`, kind};
    }
    name = sent;
    while (kind === 'domain' && name.startsWith('www.') && name.slice(4).includes('.')) {
        name = name.slice(4);
    }
    return {name, sent, kind};
}

/**
 * Tell whether what a token is good for covers our normalised host.
 * The arguments are its claims `domain`, `match_mode` and `registrable`.
 */
export function matches(bound, host, mode = 'exact', registrable = null) {
    let name = host.name;
    // The server keeps the www. in front of a public suffix (www.github.io), which we cannot know.
    if (bound.startsWith('www.') && host.sent !== name && !`.${name}`.endsWith(`.${bound}`)) {
        name = `www.${name}`;
    }
    if (host.kind !== 'domain' || name.startsWith('*.')) {
        return name === bound && !name.startsWith('*.');
    }
    if (mode === 'registrable') return Boolean(registrable) && `.${name}`.endsWith(`.${registrable}`);
    if (bound.startsWith('*.')) {
        const left = name.endsWith(bound.slice(1)) ? name.slice(0, 1 - bound.length) : '';
        return Boolean(left) && (mode === 'subdomains' || !left.includes('.'));
    }
    return name === bound || (mode === 'subdomains' && name.endsWith(`.${bound}`));
}

function checkPort(port) {
    reject(port && !(/^[0-9]+$/.test(port) && Number(port) > 0 && Number(port) < 65536), 'BAD_PORT');
}

function normalizeIPv6(text) {
    let name = text;
    if (text.startsWith('[')) {
        const parts = /^\[([^\]]*)\](?::(.*))?$/.exec(text);
        reject(!parts, 'BAD_IPV6');
        checkPort(parts[2]);
        name = parts[1];
    }
    try {
        name = /^[0-9a-f:.]+$/i.test(name) && new URL(`http://[${name}]/`).hostname.slice(1, -1);
    } catch {
        name = '';
    }
    reject(!name, 'BAD_IPV6');
    const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(name);
    if (mapped) {
        const [high, low] = mapped.slice(1).map((part) => parseInt(part, 16));
        name = [high >> 8, high & 255, low >> 8, low & 255].join('.');
    }
    return {name, sent: name, kind: 'ip'};
}

function splitLabels(name) {
    if (/[^\0-\x7f]/.test(name)) {
        reject(name.includes('_'), 'UNDERSCORE');
        name = name.replace(/[\u3002\uff0e\uff61]/g, '.'); // other full stops of UTS-46
    }
    const labels = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase()).replace(/\.$/, '').split('.');
    reject(labels.includes(''), 'EMPTY_LABEL');
    return labels.map(encodeLabel);
}

function encodeLabel(label) {
    reject(label.includes('_'), 'UNDERSCORE');
    const isEncoded = label.startsWith('xn--');
    if (isEncoded || /[^\0-\x7f]/.test(label)) {
        let ascii = '';
        try {
            const decoded = isEncoded ? decodePunycode(label.slice(4)) : label;
            // URL does UTS-46; the end keeps it from taking the label for an IPv4 address.
            ascii = new URL(`http://${decoded}.a`).hostname.slice(0, -2);
        } catch {
            // told below
        }
        // What somebody encoded himself must be the encoding of what it stands for.
        reject(!ascii || (isEncoded && ascii !== label), 'BAD_IDN');
        label = ascii;
    }
    reject(!/^[a-z0-9-]+$/.test(label), 'BAD_CHARACTER');
    reject(label.length > 63 || /^-|-$/.test(label), 'BAD_LABEL');
    return label;
}

/** Decode what follows xn-- (RFC 3492); browsers offer only the other direction. */
function decodePunycode(text) {
    const split = text.lastIndexOf('-');
    const points = [...text.slice(0, Math.max(split, 0))].map((char) => char.codePointAt(0));
    let [code, position, bias] = [128, 0, 72];
    for (let index = split + 1; index < text.length; ) {
        const start = position;
        for (let weight = 1, k = 36; ; k += 36) {
            const digit = 'abcdefghijklmnopqrstuvwxyz0123456789'.indexOf(text[index++] || '!');
            if (digit < 0) throw new RangeError('not Punycode');
            position += digit * weight;
            const threshold = Math.min(Math.max(k - bias, 1), 26);
            if (digit < threshold) break;
            weight *= 36 - threshold;
        }
        const size = points.length + 1;
        let delta = Math.floor((position - start) / (start ? 2 : 700));
        delta += Math.floor(delta / size);
        for (bias = 0; delta > 455; bias += 36) delta = Math.floor(delta / 35);
        bias += Math.floor((36 * delta) / (delta + 38));
        code += Math.floor(position / size);
        position %= size;
        points.splice(position++, 0, code);
    }
    return String.fromCodePoint(...points);
}

// === STORES === //

/** Keeps the state as long as the process lives; for tests. */
export function memoryStore(text = null) {
    return {get: () => text, set: (value) => { text = value; }};
}

/** Keeps the state in a file that only its owner reads, outside of the web root (Node). */
export function fileStore(path) {
    return {
        async get() {
            const {readFile} = await importNode('fs/promises');
            try {
                return await readFile(path, 'utf8');
            } catch (error) {
                if (error.code === 'ENOENT') return null;
                throw error;
            }
        },
        async set(text) {
            const {rename, rm, writeFile} = await importNode('fs/promises');
            const temporary = `${path}.${encode(randomBytes(6))}`;
            try {
                await writeFile(temporary, text, {mode: 0o600});
                await rename(temporary, path);
            } catch (error) {
                await rm(temporary, {force: true});
                throw error;
            }
        },
    };
}

/** Keeps the state where you like; both functions may be asynchronous. */
export function callbackStore(get, set) {
    return {get, set};
}

// === CLIENT === //

/** Knows whether this installation is licensed. */
export class Client {
    /**
     * @param {object} options
     * @param {string} options.issuer base URL of the vendor, as in the tokens
     * @param {string} options.product product code
     * @param {Object<string, string>} options.keys pinned signing keys, {kid: x} (current and next)
     * @param {string} options.host configured address of the site, NEVER the Host header of a request
     * @param {string} options.key licence key, empty when only a licence file is used
     * @param {object} options.store {get(), set(text)}
     * @param {string} [options.version] of the product, for licences with an end of updates
     * @param {string[]} [options.entitlements] codes the product needs
     * @param {string} [options.instance] id of this installation; made and stored when empty
     * @param {Function} [options.transport] (url, headers, body, timeout) => {status, headers, body}
     * @param {Function} [options.now] and options.nonce, options.verifier: for tests
     */
    constructor(options) {
        Object.assign(this, {entitlements: [], transport: post, verifier: verifyEd25519}, options);
        this.issuer = String(this.issuer).replace(/\/+$/, '');
        this.key = String(this.key || '').trim();
        this.now ||= () => Math.floor(Date.now() / 1000);
        this.nonce ||= () => encode(randomBytes(18));
    }

    /** Return the result of what is stored; no network, for any request. */
    check() {
        return this._answer(() => null);
    }

    /** Ask the server when it is time to (`force`: now), and return the result; for a scheduled job. */
    refresh(force = false) {
        return this._answer((state) => this._refresh(state, force));
    }

    /** Take in an offline licence file; `problem` of the result tells a refusal. */
    importFile(text) {
        return this._answer((state) => this._import(state, text));
    }

    /** Return the id of this installation; empty when it cannot be stored. */
    async getInstance() {
        const [state] = await this._load();
        this._getInstance(state);
        return (await this._save(state)) ? '' : this._getInstance(state);
    }

    // --- what is stored

    async _answer(action) {
        const [state, problem] = await this._load();
        try {
            return await this._evaluate(state, (await action(state)) || problem);
        } catch (error) {
            const code = error instanceof HostError ? 'DOMAIN_SCOPE_INVALID' : 'NOT_CHECKED';
            return this._refuse(state, code, getProblem(error));
        }
    }

    async _load() {
        await loadCrypto();
        let text = null;
        let problem = null;
        let stored = null;
        try {
            text = await this.store.get();
        } catch {
            problem = 'STORE';
        }
        try {
            stored = JSON.parse(text || '{}');
        } catch {
            // damaged: start anew
        }
        const state = {...EMPTY, transitions: []};
        for (const name of Object.keys(EMPTY)) {
            const value = stored ? stored[name] : undefined;
            const isSame = typeof value === typeof EMPTY[name];
            if (isSame && Array.isArray(value) === Array.isArray(EMPTY[name])) state[name] = value;
        }
        return [state, problem];
    }

    async _save(state) {
        try {
            await this.store.set(JSON.stringify(state));
            return null;
        } catch {
            return 'STORE';
        }
    }

    _getInstance(state) {
        if (!this.instance && !state.instance) state.instance = `i_${encode(randomBytes(16))}`;
        return this.instance || state.instance;
    }

    // --- what it means

    async _evaluate(state, problem) {
        const host = normalize(this.host);
        const isLate = this.now() < state.max_iat - CLOCK_TOLERANCE;
        problem ||= isLate ? 'CLOCK' : state.problem || null;
        if (!state.token) return this._refuse(state, this.key ? 'NOT_CHECKED' : 'NO_KEY', problem);
        const claims = await this._verify(state.token, state);
        const offline = claims.code === 'OFFLINE';
        if (!this.key && !offline) return this._refuse(state, 'NO_KEY', problem);
        if (!claims.valid) return this._refuse(state, claims.code, problem, claims);
        if (!covers(claims, host)) return this._refuse(state, 'DOMAIN_SCOPE_MISMATCH', problem, claims);
        if (claims.instance && claims.instance !== this._getInstance(state)) {
            return this._refuse(state, 'INSTANCE_MISMATCH', problem, claims);
        }
        // A clock that is set back never makes a token last longer.
        const now = Math.max(this.now(), state.max_iat);
        let code = claims.code;
        let status = code === 'EXPIRED_GRACE' ? 'grace' : 'valid';
        if (now >= claims.exp) {
            status = now < claims.grace_until ? 'warning' : 'restricted';
            code = offline ? 'OFFLINE_EXPIRED' : 'NO_VERDICT';
        } else if (isLate) {
            [status, code] = ['warning', 'CLOCK'];
        }
        const allowed = status !== 'restricted';
        const entitlements = (allowed && claims.license && claims.license.entitlements) || [];
        return {...this._refuse(state, code, problem, claims), state: status, allowed, entitlements, offline};
    }

    /** Return a result that allows nothing, with what is known of the licence. */
    _refuse(state, code, problem, claims = {}) {
        const license = claims.license || {};
        const reason = problem === 'NO_ED25519' ? problem : code;
        return {
            allowed: false,
            state: 'unlicensed', // or valid, grace, warning, restricted
            code,
            message: MESSAGES[reason] || `The licence was refused (${code}).`,
            expiry: license.expiry ?? null, // of the licence, Unix time; null: never or unknown
            updates_until: license.updates_until ?? null,
            entitlements: [],
            environment: claims.environment ?? null,
            domain: claims.domain ?? null,
            offline: false,
            problem: problem || null, // why the last call gave no verdict
            next_check: state.next_at, // when refresh() asks again, Unix time
        };
    }

    // --- asking

    async _refresh(state, force) {
        const host = normalize(this.host);
        const now = this.now();
        if (!this.key || now < state.max_iat - CLOCK_TOLERANCE) return null;
        // Another host, key, version, or other pinned keys: what we know may not hold any more.
        const facts = [this.product, this.key.toUpperCase(), host.sent, this.version, this.entitlements];
        const question = await sha256(JSON.stringify([...facts, Object.keys(this.keys).sort()]));
        const isNew = state.question !== question;
        const wentBack = now < state.asked_at - CLOCK_TOLERANCE;
        if (!(force || isNew || wentBack || now >= state.next_at)) return null;
        if (isNew) state.failures = state.refusals = 0;
        Object.assign(state, {question, asked_at: now});
        try {
            const [token, claims] = await this._ask(state, host);
            this._keep(state, token, claims, now);
        } catch (error) {
            const delay = Math.min(RETRY_FIRST * 2 ** Math.min(state.failures, 16), RETRY_LAST);
            state.failures += 1;
            state.next_at = now + Math.max(delay, Math.min(error.retryAfter || 0, DAY));
            state.problem = getProblem(error);
        }
        return this._save(state);
    }

    async _ask(state, host) {
        const [nonce, instance] = [this.nonce(), this._getInstance(state)];
        const scope = {product: this.product, domain: host.sent};
        if (this.version) scope.version = this.version;
        if (this.entitlements.length) scope.entitlements = this.entitlements;
        const body = JSON.stringify({
            key: this.key,
            scope,
            instance: {id: instance, fingerprint: await sha256(instance)},
            nonce,
            client: {sdk: `javascript/${VERSION}`, platform: getPlatform()},
        });
        const request = {'Content-Type': 'application/json', Accept: 'application/json'};
        let answer;
        try {
            answer = await this.transport(`${this.issuer}/license/v1/validate`, request, body, TIMEOUT);
        } catch (error) { // whatever the network throws is no verdict
            throw error instanceof NoVerdict ? error : new NoVerdict('NETWORK');
        }
        if (answer.status !== 200) {
            throw new NoVerdict(`HTTP_${answer.status}`, this._getRetryAfter(answer.headers || {}));
        }
        const content = parseObject(answer.body, 'BAD_ANSWER');
        await this._learn(state, content.key_transition);
        const claims = await this._verify(content.token, state);
        stop(claims.nonce !== nonce, 'WRONG_NONCE');
        stop(Math.abs(claims.iat - this.now()) > CLOCK_TOLERANCE, 'CLOCK');
        this._checkUsable(claims, state, host);
        return [content.token, claims];
    }

    async _import(state, text) {
        const host = normalize(this.host);
        try {
            stop(typeof text !== 'string' || text.length > MAX_ANSWER || !text.includes(FILE_BEGIN), 'NOT_A_FILE');
            const token = text.split(FILE_BEGIN)[1].split(FILE_END)[0].replace(/\s/g, '');
            const claims = await this._verify(token, state);
            stop(claims.code !== 'OFFLINE' || !claims.valid, 'NOT_A_FILE');
            stop(claims.iat > this.now() + CLOCK_TOLERANCE, 'CLOCK');
            this._checkUsable(claims, state, host);
            this._keep(state, token, claims, this.now());
        } catch (error) {
            if (!(error instanceof NoVerdict)) throw error;
            return error.code;
        }
        return this._save(state);
    }

    _checkUsable(claims, state, host) {
        stop(claims.sub && claims.sub === state.sub && claims.seq < state.seq, 'OLD_SEQUENCE');
        if (!claims.valid) return;
        stop(claims.exp <= this.now(), 'EXPIRED');
        stop(!covers(claims, host), 'WRONG_DOMAIN');
        stop(claims.instance && claims.instance !== this._getInstance(state), 'WRONG_INSTANCE');
    }

    /** Replace what is stored by a verdict. */
    _keep(state, token, claims, now) {
        Object.assign(state, {token, failures: 0, problem: '', max_iat: Math.max(state.max_iat, claims.iat)});
        if (claims.sub) Object.assign(state, {sub: claims.sub, seq: claims.seq});
        if (claims.valid) {
            const next = claims.refresh_after || (claims.code === 'OFFLINE' ? claims.exp : claims.iat + DAY);
            Object.assign(state, {refusals: 0, next_at: Math.max(next, now + RETRY_FIRST)});
        } else {
            state.next_at = now + REFUSED_DELAYS[Math.min(state.refusals, 2)];
            state.refusals += 1;
        }
    }

    _getRetryAfter(headers) {
        const name = Object.keys(headers).find((key) => key.toLowerCase() === 'retry-after');
        const value = String(name ? headers[name] : '').trim();
        if (/^[0-9]+$/.test(value)) return Number(value.slice(0, 9));
        return Math.max(0, Math.floor(Date.parse(value) / 1000) - this.now()) || 0;
    }

    // --- signatures

    /** Return the pinned keys and those that these have introduced since. */
    async _getKeys(state) {
        const keys = new Map(Object.entries(this.keys));
        for (const text of state.transitions) {
            try {
                const claims = await this._verifySignature(text, keys, 'key-transition+jwt');
                if (claims.typ === 'key-transition' && claims.iss === this.issuer && !keys.has(claims.kid)) {
                    keys.set(claims.kid, claims.x);
                }
            } catch (error) {
                if (!(error instanceof NoVerdict)) throw error;
            }
        }
        return keys;
    }

    /** Keep a statement that introduces a key we do not know; it is verified at each use. */
    async _learn(state, transition) {
        if (typeof transition !== 'string' || state.transitions.length >= MAX_TRANSITIONS) return;
        const transitions = [...state.transitions, transition];
        const [before, after] = [await this._getKeys(state), await this._getKeys({transitions})];
        if (after.size > before.size) state.transitions = transitions;
    }

    /** Return the claims of a licence token of our vendor for our product. */
    async _verify(token, state) {
        const claims = await this._verifySignature(token, await this._getKeys(state), 'license+jwt');
        stop(claims.iss !== this.issuer, 'WRONG_ISSUER');
        stop(claims.aud !== this.product, 'WRONG_AUDIENCE');
        const integers = [claims.iat, claims.exp, claims.seq].every(Number.isSafeInteger);
        stop(!integers || typeof claims.code !== 'string' || typeof claims.valid !== 'boolean', 'BAD_TOKEN');
        return {sub: null, grace_until: claims.exp, ...claims};
    }

    /** Return the claims of a compact JWS; alg is EdDSA and nothing else. */
    async _verifySignature(token, keys, kind) {
        const parts = typeof token === 'string' && token.length <= MAX_TOKEN ? token.split('.') : [];
        stop(parts.length !== 3, 'BAD_TOKEN');
        const [head, payload, signature] = parts.map(decode);
        const header = parseObject(head, 'BAD_TOKEN');
        stop(header.alg !== 'EdDSA', 'BAD_ALGORITHM');
        stop(header.typ !== kind || 'crit' in header, 'BAD_TOKEN');
        stop(typeof header.kid !== 'string' || !keys.has(header.kid), 'UNKNOWN_KEY');
        const signed = new TextEncoder().encode(`${parts[0]}.${parts[1]}`);
        stop(!(await this.verifier(keys.get(header.kid), signature, signed)), 'BAD_SIGNATURE');
        return parseObject(payload, 'BAD_TOKEN');
    }
}

function getProblem(error) {
    return error instanceof NoVerdict ? error.code : `INTERNAL ${error && error.name}`;
}

function covers(claims, host) {
    if (typeof claims.domain !== 'string') return false;
    return matches(claims.domain, host, claims.match_mode, claims.registrable);
}

// === PARTS THAT DIFFER BETWEEN NODE AND BROWSERS === //

let nodeCrypto = null;
let webCrypto = globalThis.crypto;

async function loadCrypto() {
    if (!nodeCrypto && globalThis.process?.versions?.node) nodeCrypto = await importNode('crypto');
    webCrypto ||= nodeCrypto && nodeCrypto.webcrypto;
}

/** Import a module of Node; so written that tools which pack for browsers leave it alone. */
function importNode(name) {
    return import(/* webpackIgnore: true */ /* @vite-ignore */ `node:${name}`);
}

/** Verify by Node's own library where there is one (its WebCrypto may lack Ed25519), else by WebCrypto. */
async function verifyEd25519(x, signature, signed) {
    if (!nodeCrypto) return verifyByWebCrypto(x, signature, signed);
    try {
        const key = nodeCrypto.createPublicKey({format: 'jwk', key: {kty: 'OKP', crv: 'Ed25519', x}});
        return nodeCrypto.verify(null, signed, key, signature);
    } catch {
        return false;
    }
}

export async function verifyByWebCrypto(x, signature, signed) {
    let key;
    try {
        key = await webCrypto.subtle.importKey('raw', decode(x), {name: 'Ed25519'}, false, ['verify']);
    } catch (error) {
        if (error.name === 'DataError' || error instanceof NoVerdict) return false;
        throw new NoVerdict('NO_ED25519');
    }
    return webCrypto.subtle.verify({name: 'Ed25519'}, key, signature, signed);
}

/** Send a POST request; follows no redirect, https only. */
export async function post(url, headers, body, timeout) {
    const {protocol, hostname} = new URL(url);
    stop(protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname), 'NOT_HTTPS');
    const signal = AbortSignal.timeout(timeout * 1000);
    const options = {method: 'POST', headers, body, signal, redirect: 'manual', credentials: 'omit', cache: 'no-store'};
    const answer = await fetch(url, options);
    let [text, decoder] = ['', new TextDecoder()];
    for (const reader = answer.body && answer.body.getReader(); reader; ) {
        const {done, value} = await reader.read();
        if (done) break;
        text += decoder.decode(value, {stream: true});
        stop(text.length > MAX_ANSWER, 'NETWORK');
    }
    return {status: answer.status, headers: Object.fromEntries(answer.headers), body: text};
}

function getPlatform() {
    return nodeCrypto ? `node ${process.versions.node}` : 'browser';
}

function randomBytes(size) {
    return webCrypto.getRandomValues(new Uint8Array(size));
}

async function sha256(text) {
    return encode(new Uint8Array(await webCrypto.subtle.digest('SHA-256', new TextEncoder().encode(text))));
}

function encode(bytes) {
    return btoa(String.fromCharCode(...bytes)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

/** Decode base64url that has no padding and only one way to be written. */
function decode(text) {
    let bytes = null;
    try {
        bytes = Uint8Array.from(atob(text.replace(/-/g, '+').replace(/_/g, '/')), (char) => char.charCodeAt(0));
    } catch {
        // told below
    }
    stop(!bytes || encode(bytes) !== text, 'BAD_TOKEN');
    return bytes;
}

function parseObject(source, problem) {
    let value = null;
    try {
        const text = typeof source === 'string' ? source : new TextDecoder('utf-8', {fatal: true}).decode(source);
        value = JSON.parse(text);
    } catch {
        // told below
    }
    stop(typeof value !== 'object' || value === null || Array.isArray(value), problem);
    return value;
}
