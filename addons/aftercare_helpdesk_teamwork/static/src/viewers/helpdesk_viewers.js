import { Component, onWillUnmount, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { formatList } from "@web/core/l10n/utils";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/** A line above the ticket: who else is here, who answers, what has just come in. */
export class HelpdeskViewersWidget extends Component {
    static template = "aftercare_helpdesk_teamwork.HelpdeskViewers";
    static props = { ...standardWidgetProps };

    setup() {
        this.service = useService("helpdesk_viewers");
        this.store = useService("mail.store");
        this.tickets = useState(this.service.tickets);
        this.ticketId = false;
        useRecordObserver((record) => this.show(record.resId));
        onWillUnmount(() => this.show(false));
    }

    show(ticketId) {
        if (ticketId === this.ticketId) {
            return;
        }
        if (this.ticketId) {
            this.service.leave(this.ticketId);
        }
        this.ticketId = ticketId;
        if (ticketId) {
            this.service.enter(ticketId);
        }
    }

    get ticket() {
        return this.tickets[this.props.record.resId];
    }

    get others() {
        return (this.ticket?.viewers || []).filter((viewer) => viewer.id !== user.userId);
    }

    get news() {
        const news = this.ticket?.news;
        return news && news.id > (this.thread?.newestPersistentMessage?.id || 0) ? news : null;
    }

    get newsLabel() {
        return _t("%(author)s has just written.", { author: this.news.author });
    }

    get thread() {
        return this.store.Thread.get({
            model: "helpdesk.ticket",
            id: this.props.record.resId,
        });
    }

    get lines() {
        const writing = this.others.filter((viewer) => viewer.is_writing);
        const looking = this.others.filter((viewer) => !viewer.is_writing);
        const lines = [];
        if (writing.length) {
            const names = formatList(writing.map((viewer) => viewer.name));
            lines.push(
                writing.length > 1
                    ? _t("%(names)s are writing answers.", { names })
                    : _t("%(names)s is writing an answer.", { names })
            );
        }
        if (looking.length) {
            const names = formatList(looking.map((viewer) => viewer.name));
            lines.push(
                looking.length > 1
                    ? _t("%(names)s are looking at this ticket too.", { names })
                    : _t("%(names)s is looking at this ticket too.", { names })
            );
        }
        return lines;
    }

    get isWarning() {
        return Boolean(this.news) || this.others.some((viewer) => viewer.is_writing);
    }

    async showNews() {
        await this.thread?.fetchNewMessages();
        await this.props.record.load();
        if (this.ticket) {
            this.ticket.news = null;
        }
    }
}

registry.category("view_widgets").add("helpdesk_viewers", { component: HelpdeskViewersWidget });
