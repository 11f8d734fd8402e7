from . import test_conditions, test_property_rule, test_team_lists, test_ticket, test_website
