import { onWillUnmount } from "@odoo/owl";
import { Composer } from "@mail/core/common/composer";
import { isHtmlEmpty } from "@web/core/utils/html";
import { patch } from "@web/core/utils/patch";
import { TICKET, confirmReply, showNewMessages } from "./reply_guard";

patch(Composer.prototype, {
    setup() {
        super.setup();
        this.replyContext = {};
        this.isReplyAsked = false;
        onWillUnmount(() => this.setTicketWriting(false));
    },

    get isTicketAnswer() {
        return (
            this.thread?.model === TICKET &&
            this.props.type === "message" &&
            !this.props.composer.message
        );
    },

    get extraData() {
        const extraData = super.extraData;
        return this.isTicketAnswer
            ? { ...extraData, context: { ...extraData?.context, ...this.replyContext } }
            : extraData;
    },

    setTicketWriting(isWriting) {
        if (this.isTicketAnswer) {
            this.env.services.helpdesk_viewers.setWriting(this.thread.id, isWriting);
        }
    },

    onInput(ev) {
        super.onInput(ev);
        this.setTicketWriting(Boolean(ev?.target?.value ?? true));
    },

    onChangeWysiwygContent() {
        super.onChangeWysiwygContent();
        this.setTicketWriting(!isHtmlEmpty(this.props.composer.composerHtml));
    },

    async sendMessage() {
        if (!this.isTicketAnswer || !this.canProcessMessage) {
            return super.sendMessage();
        }
        if (this.isReplyAsked) {
            return;
        }
        this.isReplyAsked = true;
        try {
            const context = await confirmReply(this.env, this.thread.id);
            if (!context) {
                await showNewMessages(this.env, this.thread.id);
                return;
            }
            this.replyContext = context;
            await super.sendMessage();
        } finally {
            this.isReplyAsked = false;
            // Refused by the server after all: what was written must stay, and can be sent later.
            this.state.active = true;
        }
    },
});
