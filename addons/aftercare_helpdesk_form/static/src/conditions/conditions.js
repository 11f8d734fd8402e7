/**
 * Which extra fields apply to a ticket. The server decides alike in `conditions.py`.
 */

/**
 * @param {Object} rule
 * @param {string} parentType
 * @param {any} value of the field the rule depends on
 */
function isMet(rule, parentType, value) {
    if (parentType === "char") {
        const text = rule.text.trim().toLowerCase();
        const actual = (value || "").trim().toLowerCase();
        return text ? actual === text : Boolean(actual);
    }
    if (!rule.keys.length) {
        return Array.isArray(value) ? value.length > 0 : Boolean(value);
    }
    if (parentType === "tags") {
        return (value || []).some((key) => rule.keys.includes(key));
    }
    if (parentType === "boolean") {
        return rule.keys.includes(value ? "true" : "false");
    }
    return rule.keys.includes(value);
}

/**
 * Return the names of the fields that apply to a ticket.
 *
 * @param {Object[]} rules
 * @param {Object} values name of the field → value
 * @param {{ type_id: number|false, category_id: number|false, channel_id: number|false }} ticket
 * @returns {Set<string>}
 */
export function getApplicableNames(rules, values, ticket) {
    const rulesByName = Object.fromEntries(rules.map((rule) => [rule.name, rule]));

    function isApplicable(rule) {
        for (const [name, id] of Object.entries(ticket)) {
            if (rule[`${name}s`].length && !rule[`${name}s`].includes(id)) {
                return false;
            }
        }
        const parent = rulesByName[rule.parent];
        // What does not apply itself has no say, even if a value is still there
        return !parent || (isApplicable(parent) && isMet(rule, parent.type, values[parent.name]));
    }

    return new Set(rules.filter(isApplicable).map((rule) => rule.name));
}
