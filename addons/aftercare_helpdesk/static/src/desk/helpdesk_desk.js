import { Component, onMounted, onWillStart, onWillUnmount, useExternalListener, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DeskChart } from "./desk_chart";

const REFRESH_SECONDS = 30;
const FLASH_SECONDS = 4;
const TEAM_KEY = "aftercare_helpdesk.desk_team";

/** What a supervisor leaves open all day: who waits, who works, what came in. */
export class HelpdeskDesk extends Component {
    static template = "aftercare_helpdesk.HelpdeskDesk";
    static components = { Layout, DeskChart };
    static props = { ...standardActionServiceProps };
    static displayName = _t("Desk");
    static path = "helpdesk-desk";

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.display = { controlPanel: {} };
        this.presences = {
            available: _t("Available"),
            busy: _t("Busy"),
            away: _t("Away"),
            offline: _t("Offline"),
        };
        this.state = useState({ data: null, flashing: {}, refreshedAt: null, isStale: false });
        this.teamId = parseInt(browser.localStorage.getItem(TEAM_KEY)) || false;
        onWillStart(() => this.load());
        onMounted(() => {
            this.interval = browser.setInterval(() => this.refresh(), REFRESH_SECONDS * 1000);
        });
        onWillUnmount(() => {
            browser.clearInterval(this.interval);
            browser.clearTimeout(this.flashTimeout);
        });
        // A screen nobody looks at asks for nothing, and is up to date as soon as somebody does.
        useExternalListener(document, "visibilitychange", () => this.refresh());
    }

    async load() {
        const data = await this.orm.silent.call("helpdesk.desk", "get_data", [this.teamId]);
        if (data.team_id && !data.teams.some((team) => team.id === data.team_id)) {
            // The team is gone, or not to be seen any more.
            return this.selectTeam(false);
        }
        this.flash(data.counters);
        this.state.data = data;
        this.state.refreshedAt = luxon.DateTime.now();
        this.state.isStale = false;
    }

    async refresh() {
        if (document.hidden || this.isLoading) {
            return;
        }
        this.isLoading = true;
        try {
            await this.load();
        } catch {
            // The server restarts, or the network is away: the next round tries again.
            this.state.isStale = true;
        } finally {
            this.isLoading = false;
        }
    }

    /** Let the numbers that have grown flash up. */
    flash(counters) {
        const before = Object.fromEntries(
            (this.state.data?.counters || []).map((counter) => [counter.key, counter.value])
        );
        this.state.flashing = Object.fromEntries(
            counters.map(({ key, value }) => [key, key in before && value > before[key]])
        );
        browser.clearTimeout(this.flashTimeout);
        this.flashTimeout = browser.setTimeout(() => {
            this.state.flashing = {};
        }, FLASH_SECONDS * 1000);
    }

    async selectTeam(teamId) {
        this.teamId = teamId;
        this.state.data = this.state.data && { ...this.state.data, counters: [] };
        if (teamId) {
            browser.localStorage.setItem(TEAM_KEY, teamId);
        } else {
            browser.localStorage.removeItem(TEAM_KEY);
        }
        await this.load();
    }

    get maxLoad() {
        return Math.max(1, ...this.state.data.agents.map((agent) => agent.open));
    }

    getLoadPercent(agent) {
        return Math.min(100, Math.round((100 * agent.open) / (agent.capacity || this.maxLoad)));
    }

    isFull(agent) {
        return agent.capacity && agent.open >= agent.capacity;
    }

    getAge(moment) {
        return moment ? deserializeDateTime(moment).toRelative({ style: "short" }) : "";
    }

    getExact(moment) {
        return moment ? formatDateTime(deserializeDateTime(moment)) : "";
    }

    get refreshedLabel() {
        return this.state.refreshedAt.toLocaleString(luxon.DateTime.TIME_WITH_SECONDS);
    }

    openCounter(counter) {
        if (counter.action) {
            return this.action.doAction(counter.action);
        }
        return this.openTickets(counter.label, counter.domain);
    }

    openOfTeam(team, domain = []) {
        return this.openTickets(team.name, [["team_id", "=", team.id], ["closed", "=", false], ...domain]);
    }

    openOfAgent(agent, domain = [["closed", "=", false]]) {
        const ofTeam = this.teamId ? [["team_id", "=", this.teamId]] : [];
        return this.openTickets(agent.name, [["user_id", "=", agent.user_id], ...ofTeam, ...domain]);
    }

    openTickets(name, domain) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name,
            res_model: "helpdesk.ticket",
            views: [
                [false, "list"],
                [false, "kanban"],
                [false, "form"],
            ],
            domain,
        });
    }

    openTicket(ticket) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            res_id: ticket.id,
            views: [[false, "form"]],
        });
    }

    newTicket() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "helpdesk.ticket",
            views: [[false, "form"]],
            context: this.teamId ? { default_team_id: this.teamId } : {},
        });
    }

    configureTeams() {
        return this.action.doAction("helpdesk_mgmt.helpdesk_ticket_team_action");
    }
}

registry.category("actions").add("helpdesk_desk", HelpdeskDesk);
