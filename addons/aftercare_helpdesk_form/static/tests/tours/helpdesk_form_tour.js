import { registry } from "@web/core/registry";

const property = (name) => `.o_property_field[property-name=${name}]`;
const visitorField = (name) => `.o_ticket_property[data-name=${name}]`;
const viewButton = (name) => `.o_embedded_actions button:contains(${name})`;

registry.category("web_tour.tours").add("aftercare_helpdesk_form_backend", {
    steps: () => [
        {
            content: "A question needs no serial number",
            trigger: `.o_form_view:has(${property("device")}):not(:has(${property("serial")}))`,
        },
        { trigger: ".o_field_widget[name=type_id] input", run: "edit Form test repair" },
        { trigger: ".o-autocomplete--dropdown-item:contains(Form test repair)", run: "click" },
        {
            content: "A repair does, and it is marked",
            trigger: `${property("serial")}:not(:has(.o_field_property_empty_label)) .o_helpdesk_needed`,
        },
        {
            content: "The other labels are as they were",
            trigger: `${property("device")}:not(:has(.o_field_property_empty_label))`,
        },
        { trigger: `.o_form_view:not(:has(${property("tray")}))` },
        { trigger: `${property("device")} select`, run: "selectByLabel Printer" },
        {
            content: "Only printers have trays",
            trigger: `${property("tray")} input`,
            run: "edit Lower",
        },
        { trigger: ".o_form_statusbar button[name=action_resolve]", run: "click" },
        {
            content: "It cannot be closed yet",
            trigger: ".modal .modal-body:contains(Serial number)",
        },
        { trigger: ".modal-footer .btn-primary", run: "click" },
        { trigger: `body:not(:has(.modal)) ${property("serial")} input`, run: "edit A1" },
        { trigger: ".o_form_statusbar button[name=action_resolve]", run: "click" },
        { trigger: ".o_form_statusbar button[name=action_reopen]" },
    ],
});

registry.category("web_tour.tours").add("aftercare_helpdesk_form_website", {
    steps: () => [
        { trigger: "#name", run: "edit Grace Hopper" },
        { trigger: "#email", run: "edit grace@visitor.example" },
        { trigger: "#subject", run: "edit Tour: no paper" },
        { trigger: "#description", run: "edit It does not print." },
        { content: "Nothing chosen yet", trigger: `${visitorField("serial")}.d-none:not(:visible)` },
        { trigger: "#type", run: "selectByLabel Form test repair" },
        { trigger: `${visitorField("serial")} input:enabled`, run: "edit A1" },
        { trigger: `${visitorField("tray")}:not(:visible)` },
        { trigger: "#property_device", run: "selectByLabel Printer" },
        { trigger: `${visitorField("tray")} input:enabled`, run: "edit Lower" },
        { trigger: ".o_ticket_submit", run: "click", expectUnloadPage: true },
        { trigger: ".o_helpdesk_thanks .o_ticket_number" },
    ],
});

registry.category("web_tour.tours").add("aftercare_helpdesk_form_lists", {
    steps: () => [
        { trigger: ".o_kanban_record:contains(Care)", run: "click" },
        {
            content: "The team opens with its bar",
            trigger: ".o_list_view .o_embedded_actions button.active:contains(All Open)",
        },
        { trigger: viewButton("Unassigned"), run: "click" },
        {
            content: "The title says whose list it is",
            trigger: ".o_breadcrumb:contains(Care · Unassigned)",
        },
        { trigger: ".o_data_row:contains(Tour ticket)" },
        { trigger: viewButton("Overdue"), run: "click" },
        { trigger: ".o_embedded_actions button.active:contains(Overdue)" },
        { trigger: viewButton("Dashboard"), run: "click" },
        {
            content: "The desk of the team keeps the bar",
            trigger: ".o_helpdesk_desk .o_embedded_actions button.active:contains(Dashboard)",
        },
        { trigger: viewButton("Analysis"), run: "click" },
        { trigger: ".o_graph_view" },
        { trigger: viewButton("All Open"), run: "click" },
        { trigger: ".o_list_view .o_data_row" },
    ],
});
