import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("aftercare_helpdesk_return", {
    steps: () => [
        { trigger: ".o_helpdesk_after_sales_toggler", run: "click" },
        { trigger: ".o-dropdown-item[data-action=action_return]", run: "click" },
        {
            content: "Only the deliveries to the customer are there",
            trigger: ".modal .o_helpdesk_choice_item:contains(Lamp) input",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Lamp) td[name=quantity]",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:contains(Lamp) td[name=quantity] input",
            run: "edit 2",
        },
        { trigger: ".modal footer button:contains(Create Return)", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_view_returns]:contains(Expected)" },
        { trigger: ".o_notebook a[name=after_sales]", run: "click" },
        { trigger: ".o_helpdesk_result:contains(Return):contains(Lamp)" },
        { trigger: "button[name=action_view_returns]", run: "click" },
        {
            content: "Without rights in the warehouse there is nothing to open",
            trigger: ".modal .o_helpdesk_result:not(:has(a)):contains(Lamp)",
        },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
