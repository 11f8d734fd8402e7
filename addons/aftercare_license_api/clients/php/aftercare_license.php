<?php
/**
 * Client of the Aftercare licence API: one file to put into your plugin.
 *
 * PHP 7.4 or newer with the extension sodium (part of PHP; WordPress brings a substitute); the extension intl only for
 * host names with other than ASCII letters. See ../README.md for how to integrate it in ten minutes. In short:
 *
 *     $client = new Client(['issuer' => 'https://vendor.example', 'product' => 'acme-seo', 'keys' => ['2026-11' => '…'],
 *         'host' => $siteUrl, 'key' => $licenseKey, 'store' => Store::file('/var/lib/acme/license.json')]);
 *     $client->refresh();            // from a scheduled job
 *     $client->check()->allowed;     // anywhere: reads the store only, never the network
 *
 * No method throws: what went wrong is in Result::$problem.
 */

// Put the name of your plugin here, so that two plugins with two versions of this file get along.
namespace AftercareLicense;

const VERSION = '1.0.0';
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
const MESSAGES = [
    'VALID' => 'The licence is valid.',
    'OFFLINE' => 'Licensed by a licence file.',
    'NON_PRODUCTION' => 'A development or staging site, covered by the licence.',
    'EXPIRED_GRACE' => 'The licence has expired and works for a few more days. Please renew it.',
    'NO_VERDICT' => 'The licence could not be verified for a long time.',
    'OFFLINE_EXPIRED' => 'The licence file has run out. Please fetch a new one.',
    'CLOCK' => 'The clock of this computer is wrong; the licence cannot be verified.',
    'NO_KEY' => 'No licence key has been entered.',
    'NOT_CHECKED' => 'The licence has not been verified yet.',
    'NOT_FOUND' => 'This licence key is unknown.',
    'EXPIRED' => 'The licence has expired. Please renew it.',
    'SUSPENDED' => 'The licence is suspended.',
    'REVOKED' => 'The licence has been withdrawn.',
    'NO_DOMAIN' => 'The licence is not bound to a domain yet.',
    'DOMAIN_SCOPE_MISMATCH' => 'The licence is for another domain.',
    'DOMAIN_SCOPE_INVALID' => 'The address of this site cannot be licensed.',
    'INSTANCE_MISMATCH' => 'The licence is in use by another installation.',
    'NO_IDN' => 'This host name has other than ASCII letters: the PHP extension intl is needed.',
    'NO_ED25519' => 'Signatures cannot be verified: the PHP extension sodium is needed.',
];
const STATE = [
    'question' => '', 'token' => '', 'sub' => '', 'seq' => 0, 'max_iat' => 0, 'asked_at' => 0, 'next_at' => 0,
    'failures' => 0, 'refusals' => 0, 'problem' => '', 'instance' => '',
    'transitions' => [], // statements by which pinned keys introduce others
];

/** What a product may do. */
class Result
{
    public $allowed = false;
    public $state = 'unlicensed'; // or valid, grace, warning, restricted
    public $code = '';
    public $message = '';
    public $expiry = null; // of the licence, Unix time; null: never or unknown
    public $updates_until = null;
    public $entitlements = [];
    public $environment = null;
    public $domain = null;
    public $offline = false;
    public $problem = null; // why the last call gave no verdict
    public $next_check = 0; // when refresh() asks again, Unix time
}

/** Something that decides nothing; the message is the code that says why. */
class NoVerdict extends \RuntimeException
{
    public $retryAfter;

    final public function __construct(string $code, int $retryAfter = 0)
    {
        parent::__construct($code);
        $this->retryAfter = $retryAfter;
    }

    public static function when(bool $isBad, string $code): void
    {
        if ($isBad) {
            throw new static($code);
        }
    }
}

/** A text that is no host. */
class HostError extends NoVerdict
{
}

/** A site address, normalised by the same rules as on the server, less the public suffix list (which the server looks into). */
class Host
{
    const RESERVED = ['corp', 'example', 'home', 'internal', 'intranet', 'invalid', 'lan', 'local', 'localdomain',
        'localhost', 'test'];
    /** @var string what is compared */
    public $name;
    /** @var string with its www., what goes to the server */
    public $sent;
    /** @var string domain, reserved or ip */
    public $kind;

    private function __construct(string $name, string $sent, string $kind)
    {
        $this->name = $name;
        $this->sent = $sent;
        $this->kind = $kind;
    }

    /** @throws HostError with the server's code */
    public static function normalize(string $text, bool $allowWildcard = false): self
    {
        $text = trim($text, " \t\r\n\f\v");
        HostError::when($text === '', 'EMPTY');
        HostError::when(strlen($text) > 4096, 'TOO_LONG');
        HostError::when(!preg_match('/^[^\\\\\p{Cc}]*$/Du', $text), 'BAD_CHARACTER');
        if (preg_match('~^(?:([a-z][a-z0-9+.-]*):)?//~i', $text, $scheme)) {
            HostError::when(!in_array(self::lower($scheme[1] ?? ''), ['', 'http', 'https'], true), 'BAD_SCHEME');
            $text = substr($text, strlen($scheme[0]));
        }
        $name = substr($text, 0, strcspn($text, '/?#'));
        HostError::when(strpos($name, '@') !== false, 'USERINFO');
        HostError::when((bool) preg_match('/[%\s\p{Z}]/u', $name), 'BAD_CHARACTER');
        HostError::when($name === '', 'EMPTY');
        if ($name[0] === '[' || substr_count($name, ':') > 1) {
            return self::normalizeIPv6($name);
        }
        [$name, $port] = explode(':', $name) + [1 => ''];
        self::checkPort($port);
        $isWildcard = strpos($name, '*') !== false;
        HostError::when($isWildcard && !($allowWildcard && preg_match('/^\*\.[^*]*$/D', $name)), 'WILDCARD_NOT_ALLOWED');
        $labels = self::splitLabels($isWildcard ? substr($name, 2) : $name);
        $sent = implode('.', $labels);
        HostError::when(strlen($sent) > 253, 'TOO_LONG');
        $kind = 'domain';
        if (preg_match('/^([0-9]+|0x[0-9a-f]*)$/D', end($labels))) {
            $kind = 'ip';
            HostError::when(!filter_var($sent, FILTER_VALIDATE_IP, FILTER_FLAG_IPV4), 'BAD_IPV4');
        } elseif (in_array(end($labels), self::RESERVED, true) || self::endsWith(".$sent", '.home.arpa')) {
            $kind = 'reserved';
        } else {
            HostError::when(count($labels) === 1, 'SINGLE_LABEL');
        }
        if ($isWildcard) {
            HostError::when($kind !== 'domain', 'WILDCARD_NOT_ALLOWED');
            return new self("*.$sent", "*.$sent", $kind);
        }
        $name = $sent;
        while ($kind === 'domain' && strpos($name, 'www.') === 0 && strpos($name, '.', 4)) {
            $name = substr($name, 4);
        }
        return new self($name, $sent, $kind);
    }

    /** Tell whether what a token is good for covers this host; the arguments are claims of the token. */
    public function isCoveredBy(string $domain, string $mode = 'exact', ?string $registrable = null): bool
    {
        $name = $this->name;
        // The server keeps the www. in front of a public suffix (www.github.io), which we cannot know.
        if (strpos($domain, 'www.') === 0 && $this->sent !== $name && !self::endsWith(".$name", ".$domain")) {
            $name = "www.$name";
        }
        if ($this->kind !== 'domain' || $name[0] === '*') {
            return $name === $domain && $name[0] !== '*';
        }
        if ($mode === 'registrable') {
            return $registrable !== null && $registrable !== '' && self::endsWith(".$name", ".$registrable");
        }
        if (strpos($domain, '*.') === 0) {
            $left = self::endsWith($name, substr($domain, 1)) ? substr($name, 0, 1 - strlen($domain)) : '';
            return $left !== '' && ($mode === 'subdomains' || strpos($left, '.') === false);
        }
        return $name === $domain || ($mode === 'subdomains' && self::endsWith($name, ".$domain"));
    }

    private static function endsWith(string $text, string $end): bool
    {
        return substr($text, -strlen($end)) === $end;
    }

    /** Lower-case ASCII letters only, whatever the locale. */
    private static function lower(string $text): string
    {
        return strtr($text, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz');
    }

    private static function checkPort(string $port): void
    {
        $isGood = preg_match('/^[0-9]+$/D', $port) && (int) $port > 0 && (int) $port < 65536;
        HostError::when($port !== '' && !$isGood, 'BAD_PORT');
    }

    private static function normalizeIPv6(string $name): self
    {
        if ($name[0] === '[') {
            HostError::when(!preg_match('/^\[([^\]]*)\](?::(.*))?$/D', $name, $parts), 'BAD_IPV6');
            self::checkPort($parts[2] ?? '');
            $name = $parts[1];
        }
        HostError::when(!filter_var($name, FILTER_VALIDATE_IP, FILTER_FLAG_IPV6), 'BAD_IPV6');
        $bytes = inet_pton($name);
        if (strpos($bytes, str_repeat("\0", 10) . "\xff\xff") === 0) {
            $bytes = substr($bytes, 12); // an IPv4 address in IPv6 clothes
        }
        $name = inet_ntop($bytes);
        if (strlen($bytes) === 16 && strpos($name, '.')) { // ::1.2.3.4 is written ::102:304
            $name = '::' . implode(':', array_map('dechex', unpack('n2', substr($bytes, 12))));
        }
        return new self($name, $name, 'ip');
    }

    private static function splitLabels(string $name): array
    {
        if (preg_match('/[^\x00-\x7f]/', $name)) {
            HostError::when(strpos($name, '_') !== false, 'UNDERSCORE');
            $name = str_replace(["\u{3002}", "\u{ff0e}", "\u{ff61}"], '.', $name); // other full stops of UTS-46
        }
        $labels = explode('.', preg_replace('/\.$/D', '', self::lower($name)));
        HostError::when(in_array('', $labels, true), 'EMPTY_LABEL');
        return array_map([self::class, 'encodeLabel'], $labels);
    }

    private static function encodeLabel(string $label): string
    {
        HostError::when(strpos($label, '_') !== false, 'UNDERSCORE');
        $isForeign = (bool) preg_match('/[^\x00-\x7f]/', $label);
        $isEncoded = strpos($label, 'xn--') === 0;
        HostError::when($isEncoded && substr($label, -1) === '-', 'BAD_IDN');
        if ($isForeign || ($isEncoded && function_exists('idn_to_ascii'))) {
            HostError::when(!function_exists('idn_to_ascii'), 'NO_IDN');
            $options = IDNA_NONTRANSITIONAL_TO_ASCII | IDNA_USE_STD3_RULES | IDNA_CHECK_BIDI | IDNA_CHECK_CONTEXTJ;
            $ascii = idn_to_ascii($label, $options, INTL_IDNA_VARIANT_UTS46);
            HostError::when(!$ascii || ($isEncoded && $ascii !== $label), 'BAD_IDN');
            $label = $ascii;
        }
        HostError::when(!preg_match('/^[a-z0-9-]+$/D', $label), 'BAD_CHARACTER');
        HostError::when(strlen($label) > 63 || preg_match('/^-|-$/D', $label), 'BAD_LABEL');
        return $label;
    }
}

/** Keeps one text where you like, for example in the options of WordPress. */
class Store
{
    public $get;
    public $set;

    /** @param callable $get returns the text, null when there is none; $set takes it */
    public function __construct(callable $get, callable $set)
    {
        $this->get = $get;
        $this->set = $set;
    }

    /** As long as the process lives; for tests. */
    public static function memory(?string $text = null): self
    {
        $get = function () use (&$text) {
            return $text;
        };
        return new self($get, function (string $new) use (&$text) {
            $text = $new;
        });
    }

    /** In a file that only its owner reads; put it outside of the web root. */
    public static function file(string $path): self
    {
        $get = function () use ($path) {
            return is_file($path) ? file_get_contents($path) : null;
        };
        return new self($get, function (string $text) use ($path) {
            $temporary = tempnam(dirname($path), 'lic'); // made with mode 0600
            if (file_put_contents($temporary, $text) === false || !rename($temporary, $path)) {
                unlink($temporary);
                throw new \RuntimeException('The licence store cannot be written.');
            }
        });
    }
}

/** Knows whether this installation is licensed. */
class Client
{
    private $issuer, $product, $keys, $host, $key, $store, $version, $entitlements, $instance;
    private $transport, $now, $nonce;

    /**
     * @param array $options issuer (base URL of the vendor, as in the tokens), product (its code), keys (pinned signing keys,
     *   kid => x, current and next), host (configured address of the site, NEVER the Host header of a request), key (licence
     *   key, empty when only a licence file is used), store (a Store); if you like version (of the product, for licences with an
     *   end of updates), entitlements (codes the product needs), instance (id of this installation; made and stored when
     *   empty), transport (fn(url, headers, body, timeout): [status, headers, body], for proxies or wp_remote_post);
     *   now, nonce (for tests)
     */
    public function __construct(array $options)
    {
        $this->issuer = rtrim($options['issuer'], '/');
        $this->product = $options['product'];
        $this->keys = $options['keys'];
        $this->host = (string) $options['host'];
        $this->key = trim($options['key'] ?? '');
        $this->store = $options['store'];
        $this->version = $options['version'] ?? null;
        $this->entitlements = $options['entitlements'] ?? [];
        $this->instance = $options['instance'] ?? '';
        $this->transport = $options['transport'] ?? [self::class, 'post'];
        $this->now = $options['now'] ?? 'time';
        $this->nonce = $options['nonce'] ?? function () {
            return self::encode(random_bytes(18));
        };
    }

    /** Return the result of what is stored; no network, for any request. */
    public function check(): Result
    {
        return $this->answer(function () {
            return null;
        });
    }

    /** Ask the server when it is time to ($force: now), and return the result; for a scheduled job. */
    public function refresh(bool $force = false): Result
    {
        return $this->answer(function (array &$state) use ($force) {
            return $this->ask($state, $force);
        });
    }

    /** Take in an offline licence file; Result::$problem tells a refusal. */
    public function importFile(string $text): Result
    {
        return $this->answer(function (array &$state) use ($text) {
            return $this->import($state, $text);
        });
    }

    /** Return the id of this installation; empty when it cannot be stored. */
    public function getInstance(): string
    {
        [$state] = $this->load();
        $instance = $this->findInstance($state);
        return $this->save($state) === null ? $instance : '';
    }

    // --- what is stored

    private function answer(callable $action): Result
    {
        [$state, $problem] = $this->load();
        try {
            $problem = $action($state) ?? $problem;
            return $this->evaluate($state, $problem);
        } catch (\Throwable $error) { // a licence check never stops the site
            $code = $error instanceof HostError ? 'DOMAIN_SCOPE_INVALID' : 'NOT_CHECKED';
            return $this->refuse($state, $code, self::findProblem($error));
        }
    }

    private function load(): array
    {
        $problem = $text = null;
        try {
            $text = ($this->store->get)();
        } catch (\Throwable $error) {
            $problem = 'STORE';
        }
        $stored = is_string($text) ? json_decode($text, true) : null; // damaged: start anew
        $state = STATE;
        foreach ($state as $name => $default) {
            $value = is_array($stored) ? $stored[$name] ?? null : null;
            $state[$name] = gettype($value) === gettype($default) ? $value : $default;
        }
        return [$state, $problem];
    }

    private function save(array $state): ?string
    {
        try {
            ($this->store->set)(json_encode($state));
            return null;
        } catch (\Throwable $error) {
            return 'STORE';
        }
    }

    private function findInstance(array &$state): string
    {
        if (!$this->instance && $state['instance'] === '') {
            $state['instance'] = 'i_' . self::encode(random_bytes(16));
        }
        return $this->instance ?: $state['instance'];
    }

    // --- what it means

    private function evaluate(array $state, ?string $problem): Result
    {
        $host = Host::normalize($this->host);
        $now = ($this->now)();
        $isLate = $now < $state['max_iat'] - CLOCK_TOLERANCE;
        $problem = $problem ?? ($isLate ? 'CLOCK' : ($state['problem'] ?: null));
        if ($state['token'] === '') {
            return $this->refuse($state, $this->key === '' ? 'NO_KEY' : 'NOT_CHECKED', $problem);
        }
        $claims = $this->verify($state['token'], $state);
        $offline = $claims['code'] === 'OFFLINE';
        if ($this->key === '' && !$offline) {
            return $this->refuse($state, 'NO_KEY', $problem);
        }
        if (!$claims['valid']) {
            return $this->refuse($state, $claims['code'], $problem, $claims);
        }
        if (!$this->covers($claims, $host)) {
            return $this->refuse($state, 'DOMAIN_SCOPE_MISMATCH', $problem, $claims);
        }
        if (!empty($claims['instance']) && $claims['instance'] !== $this->findInstance($state)) {
            return $this->refuse($state, 'INSTANCE_MISMATCH', $problem, $claims);
        }
        // A clock that is set back never makes a token last longer.
        $now = max($now, $state['max_iat']);
        $result = $this->refuse($state, $claims['code'], $problem, $claims);
        $result->state = $result->code === 'EXPIRED_GRACE' ? 'grace' : 'valid';
        if ($now >= $claims['exp']) {
            $result->state = $now < $claims['grace_until'] ? 'warning' : 'restricted';
            $result->code = $offline ? 'OFFLINE_EXPIRED' : 'NO_VERDICT';
        } elseif ($isLate) {
            $result->state = 'warning';
            $result->code = 'CLOCK';
        }
        $result->message = MESSAGES[$result->code] ?? $result->message;
        $result->allowed = $result->state !== 'restricted';
        $result->offline = $offline;
        $result->entitlements = $result->allowed ? $claims['license']['entitlements'] ?? [] : [];
        return $result;
    }

    /** Return a result that allows nothing, with what is known of the licence. */
    private function refuse(array $state, string $code, ?string $problem, array $claims = []): Result
    {
        $reason = in_array($problem, ['NO_IDN', 'NO_ED25519'], true) ? $problem : $code;
        $result = new Result();
        $result->code = $code;
        $result->message = MESSAGES[$reason] ?? "The licence was refused ($code).";
        $result->expiry = $claims['license']['expiry'] ?? null;
        $result->updates_until = $claims['license']['updates_until'] ?? null;
        $result->environment = $claims['environment'] ?? null;
        $result->domain = $claims['domain'] ?? null;
        $result->problem = $problem;
        $result->next_check = $state['next_at'];
        return $result;
    }

    private function covers(array $claims, Host $host): bool
    {
        $domain = $claims['domain'] ?? null;
        return is_string($domain)
            && $host->isCoveredBy($domain, $claims['match_mode'] ?? 'exact', $claims['registrable'] ?? null);
    }

    // --- asking

    private function ask(array &$state, bool $force): ?string
    {
        $host = Host::normalize($this->host);
        $now = ($this->now)();
        if ($this->key === '' || $now < $state['max_iat'] - CLOCK_TOLERANCE) {
            return null;
        }
        // Another host, key, version, or other pinned keys: what we know may not hold any more.
        $facts = [$this->product, strtoupper($this->key), $host->sent, $this->version, $this->entitlements];
        $question = hash('sha256', json_encode([$facts, array_keys($this->keys)]));
        $isNew = $state['question'] !== $question;
        $wentBack = $now < $state['asked_at'] - CLOCK_TOLERANCE;
        if (!$force && !$isNew && !$wentBack && $now < $state['next_at']) {
            return null;
        }
        if ($isNew) {
            $state['failures'] = $state['refusals'] = 0;
        }
        $state = ['question' => $question, 'asked_at' => $now] + $state;
        try {
            [$token, $claims] = $this->call($state, $host);
            $this->keep($state, $token, $claims, $now);
        } catch (\Throwable $error) { // whatever it is, it is no verdict
            $delay = min(RETRY_FIRST * 2 ** min($state['failures'], 16), RETRY_LAST);
            $state['failures']++;
            $state['next_at'] = $now + max($delay, min($error->retryAfter ?? 0, DAY));
            $state['problem'] = self::findProblem($error);
        }
        return $this->save($state);
    }

    private function call(array &$state, Host $host): array
    {
        $nonce = ($this->nonce)();
        $instance = $this->findInstance($state);
        $body = json_encode([
            'key' => $this->key,
            'scope' => array_filter([
                'product' => $this->product,
                'domain' => $host->sent,
                'version' => $this->version,
                'entitlements' => $this->entitlements,
            ]),
            'instance' => ['id' => $instance, 'fingerprint' => self::encode(hash('sha256', $instance, true))],
            'nonce' => $nonce,
            'client' => ['sdk' => 'php/' . VERSION, 'platform' => 'php ' . PHP_VERSION],
        ]);
        $headers = ['Content-Type' => 'application/json', 'Accept' => 'application/json'];
        try {
            [$status, $headers, $text] = ($this->transport)("{$this->issuer}/license/v1/validate", $headers, $body, TIMEOUT);
        } catch (\Throwable $error) { // whatever the network throws is no verdict
            throw $error instanceof NoVerdict ? $error : new NoVerdict('NETWORK');
        }
        if ($status !== 200) {
            throw new NoVerdict("HTTP_$status", $this->findRetryAfter($headers));
        }
        $answer = self::parseObject((string) $text, 'BAD_ANSWER');
        $this->learn($state, $answer['key_transition'] ?? null);
        $claims = $this->verify($answer['token'] ?? null, $state);
        NoVerdict::when(($claims['nonce'] ?? null) !== $nonce, 'WRONG_NONCE');
        NoVerdict::when(abs($claims['iat'] - ($this->now)()) > CLOCK_TOLERANCE, 'CLOCK');
        $this->checkUsable($claims, $state, $host);
        return [$answer['token'], $claims];
    }

    private function import(array &$state, string $text): ?string
    {
        $host = Host::normalize($this->host);
        try {
            $parts = explode(FILE_BEGIN, $text, 2);
            NoVerdict::when(count($parts) !== 2 || strlen($text) > MAX_ANSWER, 'NOT_A_FILE');
            $token = preg_replace('/\s+/', '', explode(FILE_END, $parts[1])[0]);
            $claims = $this->verify($token, $state);
            NoVerdict::when($claims['code'] !== 'OFFLINE' || !$claims['valid'], 'NOT_A_FILE');
            NoVerdict::when($claims['iat'] > ($this->now)() + CLOCK_TOLERANCE, 'CLOCK');
            $this->checkUsable($claims, $state, $host);
        } catch (NoVerdict $error) {
            return $error->getMessage();
        }
        $this->keep($state, $token, $claims, ($this->now)());
        return $this->save($state);
    }

    private function checkUsable(array $claims, array &$state, Host $host): void
    {
        NoVerdict::when($claims['sub'] && $claims['sub'] === $state['sub'] && $claims['seq'] < $state['seq'], 'OLD_SEQUENCE');
        if (!$claims['valid']) {
            return;
        }
        NoVerdict::when($claims['exp'] <= ($this->now)(), 'EXPIRED');
        NoVerdict::when(!$this->covers($claims, $host), 'WRONG_DOMAIN');
        NoVerdict::when(!empty($claims['instance']) && $claims['instance'] !== $this->findInstance($state), 'WRONG_INSTANCE');
    }

    /** Replace what is stored by a verdict. */
    private function keep(array &$state, string $token, array $claims, int $now): void
    {
        $state = ['token' => $token, 'failures' => 0, 'problem' => ''] + $state;
        $state['max_iat'] = max($state['max_iat'], $claims['iat']);
        if ($claims['sub']) {
            $state = ['sub' => $claims['sub'], 'seq' => $claims['seq']] + $state;
        }
        if ($claims['valid']) {
            $default = $claims['code'] === 'OFFLINE' ? $claims['exp'] : $claims['iat'] + DAY;
            $state['refusals'] = 0;
            $state['next_at'] = max($claims['refresh_after'] ?? $default, $now + RETRY_FIRST);
        } else {
            $state['next_at'] = $now + REFUSED_DELAYS[min($state['refusals'], 2)];
            $state['refusals']++;
        }
    }

    private function findRetryAfter(array $headers): int
    {
        $value = trim(array_change_key_case($headers)['retry-after'] ?? '');
        if (preg_match('/^[0-9]+$/D', $value)) {
            return (int) substr($value, 0, 9);
        }
        $time = preg_match('/ GMT$/D', $value) ? strtotime($value) : false;
        return $time ? max(0, $time - ($this->now)()) : 0;
    }

    // --- signatures

    /** Return the pinned keys and those that these have introduced since. */
    private function findKeys(array $transitions): array
    {
        $keys = $this->keys;
        foreach ($transitions as $text) {
            try {
                $claims = $this->verifySignature($text, $keys, 'key-transition+jwt');
                $claims += ['typ' => '', 'iss' => '', 'kid' => '', 'x' => ''];
                if ($claims['typ'] === 'key-transition' && $claims['iss'] === $this->issuer) {
                    $keys += [(string) $claims['kid'] => $claims['x']];
                }
            } catch (NoVerdict $error) {
                continue;
            }
        }
        return $keys;
    }

    /** Keep a statement that introduces a key we do not know; it is verified at each use. */
    private function learn(array &$state, $transition): void
    {
        $known = $state['transitions'];
        if (!is_string($transition) || count($known) >= MAX_TRANSITIONS) {
            return;
        }
        if (count($this->findKeys(array_merge($known, [$transition]))) > count($this->findKeys($known))) {
            $state['transitions'][] = $transition;
        }
    }

    /** Return the claims of a licence token of our vendor for our product. */
    private function verify($token, array $state): array
    {
        $claims = $this->verifySignature($token, $this->findKeys($state['transitions']), 'license+jwt');
        NoVerdict::when(($claims['iss'] ?? null) !== $this->issuer, 'WRONG_ISSUER');
        NoVerdict::when(($claims['aud'] ?? null) !== $this->product, 'WRONG_AUDIENCE');
        $claims += ['iat' => 0.0, 'exp' => 0.0, 'seq' => 0.0, 'code' => 0, 'valid' => 0, 'sub' => null];
        $integers = is_int($claims['iat']) && is_int($claims['exp']) && is_int($claims['seq']);
        NoVerdict::when(!$integers || !is_string($claims['code']) || !is_bool($claims['valid']), 'BAD_TOKEN');
        return $claims + ['grace_until' => $claims['exp']];
    }

    /** Return the claims of a compact JWS; alg is EdDSA and nothing else. */
    private function verifySignature($token, array $keys, string $kind): array
    {
        $parts = is_string($token) && strlen($token) <= MAX_TOKEN ? explode('.', $token) : [];
        NoVerdict::when(count($parts) !== 3, 'BAD_TOKEN');
        [$header, $payload, $signature] = array_map([self::class, 'decode'], $parts);
        $header = self::parseObject($header, 'BAD_TOKEN');
        NoVerdict::when(($header['alg'] ?? null) !== 'EdDSA', 'BAD_ALGORITHM');
        NoVerdict::when(($header['typ'] ?? null) !== $kind || array_key_exists('crit', $header), 'BAD_TOKEN');
        $kid = $header['kid'] ?? null;
        NoVerdict::when(!is_string($kid) || !isset($keys[$kid]), 'UNKNOWN_KEY');
        NoVerdict::when(!function_exists('sodium_crypto_sign_verify_detached'), 'NO_ED25519');
        $key = is_string($keys[$kid]) ? self::decode($keys[$kid]) : '';
        $isSized = strlen($signature) === 64 && strlen($key) === 32;
        NoVerdict::when(!$isSized || !sodium_crypto_sign_verify_detached($signature, "$parts[0].$parts[1]", $key), 'BAD_SIGNATURE');
        return self::parseObject($payload, 'BAD_TOKEN');
    }

    /** Send a POST request and return [status, headers, body]; follows no redirect, https only. */
    public static function post(string $url, array $headers, string $body, int $timeout): array
    {
        $isLocal = in_array(parse_url($url, PHP_URL_HOST), ['localhost', '127.0.0.1', '[::1]'], true);
        NoVerdict::when(parse_url($url, PHP_URL_SCHEME) !== 'https' && !$isLocal, 'NOT_HTTPS');
        $lines = ['Connection: close'];
        foreach ($headers as $name => $value) {
            $lines[] = "$name: $value";
        }
        [$head, $text] = function_exists('curl_init')
            ? self::postByCurl($url, $lines, $body, $timeout)
            : self::postByStream($url, $lines, $body, $timeout);
        NoVerdict::when(!is_string($text) || strlen($text) > MAX_ANSWER, 'NETWORK');
        $received = [];
        foreach (array_slice($head, 1) as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $received[strtolower($name)] = trim($value);
        }
        return [(int) (explode(' ', $head[0])[1] ?? 0), $received, $text];
    }

    private static function postByCurl(string $url, array $lines, string $body, int $timeout): array
    {
        $head = [];
        $text = '';
        $curl = curl_init($url);
        curl_setopt_array($curl, [
            CURLOPT_POST => true,
            CURLOPT_POSTFIELDS => $body,
            CURLOPT_HTTPHEADER => $lines,
            CURLOPT_TIMEOUT => $timeout,
            CURLOPT_HEADERFUNCTION => function ($curl, $line) use (&$head) {
                $head = strpos($line, 'HTTP/') === 0 ? [] : $head; // after a 100 or a proxy's answer
                if (trim($line) !== '') {
                    $head[] = trim($line);
                }
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => function ($curl, $part) use (&$text) {
                $text .= $part;
                return strlen($text) > MAX_ANSWER ? 0 : strlen($part); // 0 breaks off
            },
        ]);
        return curl_exec($curl) ? [$head, $text] : [[], null];
    }

    private static function postByStream(string $url, array $lines, string $body, int $timeout): array
    {
        $context = stream_context_create(['http' => [
            'method' => 'POST', 'header' => $lines, 'content' => $body, 'timeout' => $timeout, 'follow_location' => 0,
            'ignore_errors' => true, 'protocol_version' => 1.1,
        ]]);
        $deadline = microtime(true) + $timeout; // the timeout above is for each read
        $stream = @fopen($url, 'r', false, $context);
        $text = $stream ? '' : null;
        while ($stream && !feof($stream) && strlen($text) <= MAX_ANSWER) {
            NoVerdict::when(microtime(true) > $deadline, 'NETWORK');
            $text .= fread($stream, 8192);
        }
        return [$stream ? stream_get_meta_data($stream)['wrapper_data'] : [], $text];
    }

    private static function findProblem(\Throwable $error): string
    {
        return $error instanceof NoVerdict ? $error->getMessage() : 'INTERNAL ' . get_class($error);
    }

    private static function encode(string $data): string
    {
        return rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    }

    /** Decode base64url that has no padding and only one way to be written. */
    private static function decode(string $text): string
    {
        $data = base64_decode(strtr($text, '-_', '+/'), true);
        NoVerdict::when($data === false || self::encode($data) !== $text, 'BAD_TOKEN');
        return $data;
    }

    private static function parseObject(string $text, string $problem): array
    {
        $value = json_decode($text, true, 32);
        NoVerdict::when(!is_array($value) || $value === [] || isset($value[0]), $problem);
        return $value;
    }
}
