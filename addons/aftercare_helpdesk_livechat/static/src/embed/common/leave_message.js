import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { rpc } from "@web/core/network/rpc";
import { useAutofocus, useService } from "@web/core/utils/hooks";

/** The form of a visitor who finds nobody, or does not want to wait. */
export class LeaveMessage extends Component {
    static template = "aftercare_helpdesk_livechat.LeaveMessage";
    static props = ["thread", "onBack?", "onClose"];

    setup() {
        this.store = useService("mail.store");
        this.livechatService = useService("im_livechat.livechat");
        const partner = this.store.self_partner;
        this.isKnown = Boolean(partner && !partner.is_public);
        this.state = useState({
            name: "",
            email: "",
            phone: "",
            text: this.props.thread.composer?.composerText ?? "",
            error: "",
            isSending: false,
            sent: null,
        });
        useAutofocus({ refName: "first" });
    }

    get thanks() {
        return this.state.sent.email
            ? _t("We will answer to %s.", this.state.sent.email)
            : _t("We will answer as soon as we can.");
    }

    async onSubmit() {
        this.state.isSending = true;
        this.state.error = "";
        const { name, email, phone, text } = this.state;
        const thread = this.props.thread;
        try {
            const result = await rpc("/im_livechat/leave_message", {
                livechat_channel_id: this.livechatService.options.channel_id,
                channel_id: thread.isTransient ? null : thread.id,
                name,
                email,
                phone,
                text,
            });
            if (result.error) {
                this.state.error = result.error;
            } else {
                this.state.sent = result;
            }
        } catch {
            this.state.error = _t("Your message could not be sent. Please try again.");
        }
        this.state.isSending = false;
    }
}
