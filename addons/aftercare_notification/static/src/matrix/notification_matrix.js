import { Component, onWillStart, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { Mutex } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { FormViewDialog } from "@web/views/view_dialogs/form_view_dialog";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * The settings screen of notifications: events as rows grouped by application, a switch for
 * each audience and channel, and the words of each message one click away.
 */
export class NotificationMatrix extends Component {
    static template = "aftercare_notification.NotificationMatrix";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        this.notification = useService("notification");
        this.display = { controlPanel: {} };
        // a rule is created by its switch: its form waits until it exists
        this.mutex = new Mutex();
        this.state = useState({ data: null, search: "", isTesting: false });
        onWillStart(() => this.load());
    }

    async load() {
        this.state.data = await this.orm.call("notification.event", "get_matrix", []);
    }

    get data() {
        return this.state.data;
    }

    /** Groups with the events that match the search. */
    get groups() {
        const words = this.state.search.trim().toLocaleLowerCase();
        if (!words) {
            return this.data.groups;
        }
        const matches = (text) => text.toLocaleLowerCase().includes(words);
        return this.data.groups
            .map((group) => ({
                ...group,
                events: matches(group.name)
                    ? group.events
                    : group.events.filter((event) =>
                          [event.name, event.code, event.description].some(matches)
                      ),
            }))
            .filter((group) => group.events.length);
    }

    get columns() {
        return this.data.audiences.flatMap((audience) =>
            this.data.channels
                .filter((channel) => audience.channels.includes(channel.code))
                .map((channel, index) => ({
                    key: `${audience.code}.${channel.code}`,
                    audience,
                    channel,
                    isFirst: index === 0,
                }))
        );
    }

    /** Counters of the last days, each of which opens the log. */
    get counters() {
        const { sent = 0, queued = 0, waiting = 0, failed = 0 } = this.data.status.counts;
        return [
            { filter: "sent", icon: "fa-check text-success", text: _t("%s sent in 7 days", sent) },
            {
                filter: "open",
                icon: "fa-hourglass-half text-info",
                text: _t("%s waiting", queued + waiting),
            },
            {
                filter: "failed",
                icon: `fa-exclamation-triangle ${failed ? "text-danger" : "text-muted"}`,
                text: _t("%s failed", failed),
            },
        ];
    }

    getCell(event, column) {
        return event.cells[column.key] || { id: false, active: false };
    }

    getLabel(event, column) {
        return `${event.name} · ${column.audience.label} · ${column.channel.label}`;
    }

    getHint(event, column) {
        const cell = this.getCell(event, column);
        const hints = [this.getLabel(event, column)];
        if (cell.hint) {
            hints.push(cell.hint);
        }
        if (cell.companies) {
            hints.push(_t("Own rule: %s", cell.companies.join(", ")));
        }
        return hints.join("\n");
    }

    toggle(event, column) {
        return this.mutex.exec(() => this._toggle(event, column));
    }

    async _toggle(event, column) {
        const cell = this.getCell(event, column);
        const active = !cell.active;
        // shown at once; the server has the last word
        event.cells[column.key] = { ...cell, active };
        try {
            if (cell.id) {
                await this.orm.write("notification.rule", [cell.id], { active });
            } else {
                const [id] = await this.orm.create("notification.rule", [
                    {
                        event_id: event.id,
                        audience: column.audience.code,
                        channel: column.channel.code,
                    },
                ]);
                event.cells[column.key] = { ...cell, id, active };
            }
        } catch (error) {
            event.cells[column.key] = cell;
            throw error;
        }
    }

    async edit(event, column) {
        await this.mutex.getUnlockedDef();
        const cell = this.getCell(event, column);
        this.dialog.add(
            FormViewDialog,
            {
                resModel: "notification.rule",
                resId: cell.id || false,
                title: this.getLabel(event, column),
                size: "lg",
                canExpand: false,
                context: {
                    ...user.context,
                    default_event_id: event.id,
                    default_audience: column.audience.code,
                    default_channel: column.channel.code,
                },
            },
            { onClose: () => this.load() }
        );
    }

    async sendTest() {
        this.state.isTesting = true;
        try {
            const results = await this.orm.call("notification.event", "send_test", []);
            const labels = Object.fromEntries(
                this.data.channels.map((channel) => [channel.code, channel.label])
            );
            for (const { channel, title, message, type, sticky } of results) {
                this.notification.add(message, {
                    title: `${labels[channel]}: ${title}`,
                    type,
                    sticky,
                });
            }
        } finally {
            this.state.isTesting = false;
        }
    }

    openLog(filter) {
        this.action.doAction("aftercare_notification.notification_log_action", {
            additionalContext: { search_default_last_week: true, [`search_default_${filter}`]: true },
        });
    }

    onSearchKeydown(ev) {
        if (ev.key === "Escape") {
            this.state.search = "";
        }
    }
}

registry.category("actions").add("aftercare_notification.matrix", NotificationMatrix);
