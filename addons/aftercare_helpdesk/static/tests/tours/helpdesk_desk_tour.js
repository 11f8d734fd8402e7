import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftercare_helpdesk_desk", {
    steps: () => [
        {
            content: "The desk counts what nobody has",
            trigger: ".o_helpdesk_desk_counter[data-key=unassigned]:contains(/^\\s*[1-9]/)",
        },
        {
            content: "It shows who works",
            trigger: ".o_helpdesk_desk td:contains(Ada)",
        },
        {
            content: "It draws the days",
            trigger: ".o_helpdesk_desk_chart canvas",
        },
        {
            content: "A number leads to its tickets",
            trigger: ".o_helpdesk_desk_counter[data-key=unassigned]",
            run: "click",
        },
        {
            trigger: ".o_list_view .o_data_row td[name=name]:contains(Tour ticket)",
            run: "click",
        },
        {
            content: "The customer stands beside the ticket",
            trigger: ".o_helpdesk_card:contains(Carla)",
        },
        {
            trigger: ".o_form_statusbar button[name=action_take]",
            run: "click",
        },
        {
            content: "It is mine now: there is nothing to take",
            trigger: ".o_form_statusbar button[name=action_unassign]",
        },
        {
            trigger: ".o_form_statusbar button[name=action_resolve]",
            run: "click",
        },
        {
            trigger: ".o_form_statusbar button[name=action_reopen]",
        },
    ],
});
