import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

import { SlaTimelineDialog } from "./sla_timeline_dialog";
import { formatSeconds, LIGHTS } from "./sla_utils";

import { Component, onMounted, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

const TICK = 20000;

/** The working time left until the deadline of a record, as a traffic light; a click explains it. */
export class SlaCountdown extends Component {
    static template = "aftercare_sla.SlaCountdown";
    static props = { ...standardFieldProps };

    setup() {
        this.dialog = useService("dialog");
        this.state = useState({ now: Date.now() });
        this.loadedAt = this.state.now;
        let key = JSON.stringify(this.clock);
        onWillUpdateProps((nextProps) => {
            const nextKey = JSON.stringify(nextProps.record.data.sla_clock);
            if (nextKey !== key) {
                key = nextKey;
                this.loadedAt = this.state.now = Date.now();
            }
        });
        onMounted(() => {
            this.interval = setInterval(() => (this.state.now = Date.now()), TICK);
        });
        onWillUnmount(() => clearInterval(this.interval));
    }

    get clock() {
        return this.props.record.data.sla_clock;
    }

    get remaining() {
        const { remaining, ticking } = this.clock;
        const passed = ticking ? Math.round((this.state.now - this.loadedAt) / 1000) : 0;
        return remaining - passed;
    }

    get light() {
        const { state, ended } = this.clock;
        // The server looks once a minute; whoever watches sees the moment itself.
        return state !== "paused" && !ended && this.remaining < 0 ? "failed" : state;
    }

    get icon() {
        return LIGHTS[this.light].icon;
    }

    get label() {
        const { ended } = this.clock;
        const time = formatSeconds(Math.abs(this.remaining));
        if (this.light === "reached") {
            return _t("Reached");
        }
        if (this.light === "failed") {
            return ended ? _t("Missed by %s", time) : `−${time}`;
        }
        return time;
    }

    get title() {
        const { policy, deadline } = this.clock;
        const lines = [policy, LIGHTS[this.light].title];
        if (deadline) {
            lines.push(_t("Deadline: %s", formatDateTime(deserializeDateTime(deadline))));
        }
        return lines.join("\n");
    }

    open(ev) {
        ev.stopPropagation();
        ev.preventDefault();
        this.dialog.add(SlaTimelineDialog, {
            resModel: this.props.record.resModel,
            resId: this.props.record.resId,
        });
    }
}

export const slaCountdown = {
    component: SlaCountdown,
    displayName: _t("SLA countdown"),
    supportedTypes: ["datetime"],
    isEmpty: () => false,
    fieldDependencies: [{ name: "sla_clock", type: "json", readonly: true }],
};

registry.category("fields").add("sla_countdown", slaCountdown);
