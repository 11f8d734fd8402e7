import { Thread } from "@mail/core/common/thread_model";
import { patch } from "@web/core/utils/patch";

patch(Thread.prototype, {
    setup() {
        super.setup(...arguments);
        /**
         * The visitor's place in the queue, falsy when he does not wait.
         * @type {{position: number, is_staffed: boolean}|false}
         */
        this.livechat_queue = false;
    },
    get hasWelcomeMessage() {
        // "How may I help you?" would be said by nobody.
        return super.hasWelcomeMessage && !this.livechat_queue;
    },
});
