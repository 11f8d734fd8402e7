"""Which extra fields apply to a ticket. ``conditions.js`` decides alike in the browser."""

TRUE, FALSE = 'true', 'false'
# What a customer can be asked: records of the database are none of his business
CUSTOMER_TYPES = frozenset(
    ('char', 'text', 'integer', 'float', 'date', 'datetime', 'selection', 'boolean', 'tags')
)
# Fields that others may depend on, and those of them whose values are a list to choose from
OPTION_TYPES = frozenset(('selection', 'tags', 'boolean'))
CONDITION_TYPES = OPTION_TYPES | {'char'}


def is_filled(value_type, value):
    """Tell whether a value was given. A checkbox always has one, and nought is a number."""
    if value_type == 'boolean':
        return True
    if value_type in ('integer', 'float', 'monetary'):
        return value is not None and value is not False
    return bool(value.strip() if isinstance(value, str) else value)


def get_applicable_names(rules, values, **ticket):
    """Return the names of the fields that apply to a ticket.

    :param list rules: see ``helpdesk.ticket.team._get_property_rules``
    :param dict values: name of the field → value as stored
    :param ticket: ``type_id``, ``category_id`` and ``channel_id``, ids or False
    """
    rules_by_name = {rule['name']: rule for rule in rules}

    def is_applicable(rule):
        for name, record_id in ticket.items():
            if rule[f'{name}s'] and record_id not in rule[f'{name}s']:
                return False
        parent = rules_by_name.get(rule['parent'])
        return not parent or (
            # What does not apply itself has no say, even if a value is still there
            is_applicable(parent) and is_met(rule, parent['type'], values.get(parent['name']))
        )

    return {rule['name'] for rule in rules if is_applicable(rule)}


def is_met(rule, parent_type, value):
    """Tell whether the field a rule depends on has one of the values it asks for."""
    if parent_type == 'char':
        text = rule['text'].strip().casefold()
        value = (value or '').strip().casefold()
        return value == text if text else bool(value)
    if not rule['keys']:
        return bool(value)
    if parent_type == 'tags':
        return not set(rule['keys']).isdisjoint(value or ())
    if parent_type == 'boolean':
        value = TRUE if value else FALSE
    return value in rule['keys']
