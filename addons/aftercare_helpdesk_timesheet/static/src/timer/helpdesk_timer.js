import { Component, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { pick } from "@web/core/utils/objects";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;

/** Start and stop the user's timer; the server knows since when it runs. */
export class HelpdeskTimer extends Component {
    static template = "aftercare_helpdesk_timesheet.HelpdeskTimer";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ now: DateTime.now() });
        const interval = browser.setInterval(() => {
            if (this.start) {
                this.state.now = DateTime.now();
            }
        }, 1000);
        onWillUnmount(() => browser.clearInterval(interval));
    }

    get start() {
        return this.props.record.data.timer_start;
    }

    get elapsed() {
        const seconds = Math.max(0, Math.floor((this.state.now - this.start) / 1000));
        const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
        return parts.map((part) => String(part).padStart(2, "0")).join(":");
    }

    toggle() {
        const { record } = this.props;
        return this.env.onClickViewButton({
            clickParams: {
                name: this.start ? "action_timer_stop" : "action_timer_start",
                type: "object",
            },
            getResParams: () =>
                pick(record, "context", "evalContext", "resModel", "resId", "resIds"),
        });
    }
}

export const helpdeskTimer = {
    component: HelpdeskTimer,
    fieldDependencies: [{ name: "timer_start", type: "datetime" }],
};

registry.category("view_widgets").add("helpdesk_timer", helpdeskTimer);
