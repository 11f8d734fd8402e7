import { reactive } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";

// The server forgets who has not reported for two and a half minutes.
const REPORT_DELAY = 60000;
// Who has not typed for so long does not write any more.
const WRITING_DELAY = 45000;
// Several screens of one user must not chase each other.
const RETURN_DELAY = 2000;

/**
 * Who else has the tickets on the screen that are open here.
 *
 * One report a minute for each ticket; changes come over the bus.
 */
export class HelpdeskViewers {
    constructor(orm, bus) {
        this.orm = orm;
        /** @type {Object<number, {viewers: Object[], news: Object|null, isWriting: boolean}>} */
        this.tickets = reactive({});
        this.timers = {};
        bus.subscribe("helpdesk.ticket/viewers", ({ ticket_id, viewers }) =>
            this.receive(ticket_id, viewers)
        );
        bus.subscribe("helpdesk.ticket/message", ({ ticket_id, id, author }) => {
            if (this.tickets[ticket_id]) {
                this.tickets[ticket_id].news = { id, author };
            }
        });
        browser.addEventListener("pagehide", () => this.leaveAll());
    }

    /** A form shows the ticket. */
    enter(ticketId) {
        if (this.tickets[ticketId]) {
            return;
        }
        this.tickets[ticketId] = { viewers: [], news: null, isWriting: false };
        this.timers[ticketId] = {
            report: browser.setInterval(() => this.report(ticketId), REPORT_DELAY),
        };
        this.report(ticketId);
    }

    /** No form shows the ticket any more. */
    leave(ticketId) {
        if (!this.tickets[ticketId]) {
            return;
        }
        this.forget(ticketId);
        this.orm.silent.call("helpdesk.ticket", "viewer_leave", [[ticketId]]).catch(() => {});
    }

    /** The page goes: only a beacon arrives for sure. */
    leaveAll() {
        const ids = Object.keys(this.tickets).map(Number);
        if (ids.length) {
            const params = {
                model: "helpdesk.ticket",
                method: "viewer_leave",
                args: [ids],
                kwargs: {},
            };
            const body = JSON.stringify({ jsonrpc: "2.0", method: "call", id: 0, params });
            browser.navigator.sendBeacon(
                "/web/dataset/call_kw/helpdesk.ticket/viewer_leave",
                new Blob([body], { type: "application/json" })
            );
        }
    }

    /** The user types an answer, or has stopped doing so. */
    setWriting(ticketId, isWriting) {
        const ticket = this.tickets[ticketId];
        if (!ticket) {
            return;
        }
        browser.clearTimeout(this.timers[ticketId].writing);
        if (isWriting) {
            this.timers[ticketId].writing = browser.setTimeout(
                () => this.setWriting(ticketId, false),
                WRITING_DELAY
            );
        }
        if (ticket.isWriting !== isWriting) {
            ticket.isWriting = isWriting;
            this.report(ticketId);
        }
    }

    forget(ticketId) {
        const { report, writing, back } = this.timers[ticketId];
        browser.clearInterval(report);
        browser.clearTimeout(writing);
        browser.clearTimeout(back);
        delete this.timers[ticketId];
        delete this.tickets[ticketId];
    }

    async report(ticketId) {
        const { isWriting } = this.tickets[ticketId];
        try {
            const viewers = await this.orm.silent.call("helpdesk.ticket", "viewer_enter", [
                [ticketId],
                isWriting,
            ]);
            if (this.tickets[ticketId]) {
                this.tickets[ticketId].viewers = viewers;
            }
        } catch {
            // Not seeing the others must not keep anybody from his work.
        }
    }

    receive(ticketId, viewers) {
        const ticket = this.tickets[ticketId];
        if (!ticket) {
            return;
        }
        ticket.viewers = viewers;
        if (!viewers.some((viewer) => viewer.id === user.userId)) {
            // Another screen of this user was closed; this one is still open.
            browser.clearTimeout(this.timers[ticketId].back);
            this.timers[ticketId].back = browser.setTimeout(
                () => this.report(ticketId),
                RETURN_DELAY
            );
        }
    }
}

export const helpdeskViewersService = {
    dependencies: ["orm", "bus_service"],
    start(env, { orm, bus_service }) {
        return new HelpdeskViewers(orm, bus_service);
    },
};

registry.category("services").add("helpdesk_viewers", helpdeskViewersService);
