import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftercare_helpdesk_timesheet_timer", {
    steps: () => [
        {
            trigger: ".o_form_statusbar .o_helpdesk_timer:contains(Start Timer)",
            run: "click",
        },
        {
            content: "It counts",
            trigger: ".o_helpdesk_timer_running:contains(00:00:0)",
            run: "click",
        },
        {
            trigger: ".modal .o_helpdesk_timer_name input",
            run: "edit Talked to Carla",
        },
        {
            trigger: ".modal button[name=action_log]",
            run: "click",
        },
        {
            content: "The clock stands still",
            trigger: ".o_form_statusbar .o_helpdesk_timer:contains(Start Timer)",
        },
        {
            trigger: ".o_notebook a[name=timesheets]",
            run: "click",
        },
        {
            content: "The time is in the list",
            trigger: ".o_field_widget[name=timesheet_ids] td:contains(Talked to Carla)",
        },
    ],
});
