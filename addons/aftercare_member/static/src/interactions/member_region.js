import { rpc } from '@web/core/network/rpc';
import { registry } from '@web/core/registry';
import { Interaction } from '@web/public/interaction';

/** Offers the states of the country a member chooses. */
export class MemberRegion extends Interaction {
    static selector = '.o_member_region';
    dynamicContent = {
        'select[name="country_id"]': { 't-on-change': this.onChangeCountry },
    };

    async onChangeCountry(ev) {
        const select = this.el.querySelector('select[name="state_id"]');
        const countryId = parseInt(ev.target.value);
        select.options.length = 1;
        let states = [];
        if (countryId) {
            const info = await this.waitFor(
                rpc(`/my/address/country_info/${countryId}`, { address_type: 'billing' })
            );
            if (parseInt(ev.target.value) !== countryId) {
                return; // another country was chosen meanwhile
            }
            states = info.states;
        }
        select.append(...states.map(([id, name]) => new Option(name, id)));
        select.parentElement.classList.toggle('d-none', !states.length);
    }
}

registry.category('public.interactions').add('aftercare_member.member_region', MemberRegion);
