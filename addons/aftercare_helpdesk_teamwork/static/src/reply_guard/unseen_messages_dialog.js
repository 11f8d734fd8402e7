import { Component } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";

/** Before an answer is sent: what others have written meanwhile. */
export class UnseenMessagesDialog extends Component {
    static template = "aftercare_helpdesk_teamwork.UnseenMessagesDialog";
    static components = { Dialog };
    static props = { close: Function, messages: Array, onSend: Function };

    formatDate(date) {
        return formatDateTime(deserializeDateTime(date));
    }

    send() {
        this.props.onSend();
        this.props.close();
    }
}
