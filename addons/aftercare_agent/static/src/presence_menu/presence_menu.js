import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";

/** The switch with which an agent says whether he takes new requests. */
export class PresenceMenu extends Component {
    static components = { Dropdown, DropdownItem };
    static props = {};
    static template = "aftercare_agent.PresenceMenu";

    setup() {
        this.presence = useService("aftercare_agent.presence");
        this.state = useState(this.presence.state);
        this.choices = [
            { code: "available", label: _t("Available"), hint: _t("New requests come to you") },
            { code: "busy", label: _t("Busy"), hint: _t("Nothing new until you are done") },
            { code: "away", label: _t("Away"), hint: _t("Nothing new until you are back") },
            { code: "offline", label: _t("Offline"), hint: _t("Your shift decides") },
        ];
    }

    get current() {
        return this.choices.find((choice) => choice.code === this.state.data.presence);
    }

    get title() {
        const since = this.state.data.since;
        const label = _t("Your presence: %s", this.current.label);
        return since
            ? _t("%(label)s since %(date)s", {
                  label,
                  date: formatDateTime(deserializeDateTime(since)),
              })
            : label;
    }
}

registry
    .category("systray")
    .add("aftercare_agent.presence", { Component: PresenceMenu }, { sequence: 30 });
