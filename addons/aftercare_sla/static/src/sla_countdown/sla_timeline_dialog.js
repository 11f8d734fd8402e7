import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";

import { formatSeconds, LIGHTS } from "./sla_utils";

import { Component, onWillStart } from "@odoo/owl";

/** How the deadlines of a record came about: each promise with its timeline. */
export class SlaTimelineDialog extends Component {
    static template = "aftercare_sla.SlaTimelineDialog";
    static components = { Dialog };
    static props = {
        close: Function,
        resModel: String,
        resId: Number,
    };

    setup() {
        this.orm = useService("orm");
        onWillStart(async () => {
            const { resModel, resId } = this.props;
            const statuses = await this.orm.call(resModel, "get_sla_timeline", [[resId]]);
            this.statuses = statuses.map((status) => this.describe(status));
        });
    }

    describe(status) {
        const used = status.target - status.remaining;
        const isOpen = ["ongoing", "warning"].includes(status.state) && status.deadline;
        return {
            ...status,
            ...LIGHTS[status.state],
            percent: Math.min(100, Math.max(0, Math.round((100 * used) / status.target))),
            usage: _t("%(used)s of %(target)s", {
                used: formatSeconds(used),
                target: formatSeconds(status.target),
            }),
            due: isOpen && this.format(status.deadline),
            rows: status.rows.map((row) => ({
                ...row,
                when: this.format(row.date),
                usage: _t("%s used", row.worked),
            })),
        };
    }

    format(moment) {
        return formatDateTime(deserializeDateTime(moment), { showSeconds: false });
    }
}
