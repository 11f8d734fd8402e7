import { registry } from "@web/core/registry";

function chooseFiles(files) {
    const inputEl = document.querySelector("#attachments");
    const transfer = new DataTransfer();
    for (const [name, content] of files) {
        transfer.items.add(new File([content], name, { type: "text/plain" }));
    }
    inputEl.files = transfer.files;
    inputEl.dispatchEvent(new Event("change", { bubbles: true }));
}

registry.category("web_tour.tours").add("aftercare_helpdesk_website_form", {
    steps: () => [
        {
            content: "Choose the team",
            trigger: ".o_helpdesk_team:contains(Website Test Support)",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "#name", run: "edit Grace Hopper" },
        { trigger: "#email", run: "edit grace@visitor.example" },
        { trigger: "#subject", run: "edit Tour: moth in the relay" },
        { trigger: "#description", run: "edit It does not move any more." },
        {
            content: "Choose files, one of them of a forbidden type",
            trigger: ".o_ticket_drop.o_enhanced",
            run: () =>
                chooseFiles([
                    ["kept.txt", "kept"],
                    ["removed.txt", "removed"],
                    ["program.exe", "x"],
                ]),
        },
        { trigger: ".o_ticket_files_errors:contains(program.exe)" },
        {
            content: "Remove a file",
            trigger: ".o_ticket_files li:contains(removed.txt) button",
            run: "click",
        },
        { trigger: ".o_ticket_files:not(:contains(removed.txt)):contains(kept.txt)" },
        {
            content: "Send it",
            trigger: ".o_ticket_submit",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_helpdesk_thanks .o_ticket_number" },
    ],
});
