import { Thread } from "@mail/core/common/thread_model";
import { patch } from "@web/core/utils/patch";

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /** @type {{team_id: number|false, ticket: {id: number, number: string, name: string}|false}|undefined} */
        this.helpdesk_chat = undefined;
    },
});
