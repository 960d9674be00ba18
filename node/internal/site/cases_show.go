package site

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

func (h *Cases) show(c *gin.Context) error {
	k, err := h.Read.Show(c.Request.Context(), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, k, false, nil)
}

// identity shows who the persons are; that it was done stands in the timeline.
func (h *Cases) identity(c *gin.Context) error {
	k, err := h.Read.Reveal(c.Request.Context(), h.actor(c), c.Param("id"))
	if err != nil {
		return err
	}
	return h.render(c, http.StatusOK, k, true, nil)
}

// render shows the page of a case. change may put back what was typed.
func (h *Cases) render(c *gin.Context, status int, k casework.Case, revealed bool, change func(*nodeui.CasePage)) error {
	ctx, actor := c.Request.Context(), h.actor(c)
	can, err := h.Read.Can(ctx, actor, k.ID, "read-identity", "update", "note", "assign", "consent", "close", "reopen")
	if err != nil {
		return err
	}
	staff, err := h.Staff.Colleagues(ctx)
	if err != nil {
		return err
	}
	names := map[string]string{}
	for _, p := range staff {
		names[p.ID] = p.Name
	}
	page := nodeui.CasePage{
		ID: k.ID, Number: k.LocalNumber, Version: k.Version, State: stateOf(k, names, h.today()), Revealed: revealed,
		CanReveal: can["read-identity"], CanEdit: can["update"], CanNote: can["note"], CanConsent: can["consent"],
		CanPersons: can["update"] && can["read-identity"], BasisChosen: k.LegalBasis != "", Problem: k.Problem, Facts: factsOf(k), Team: teamOf(k, names), Next: nextOf(k, can),
	}
	for _, p := range k.Persons {
		page.Persons = append(page.Persons, personOf(p, revealed))
	}
	if can["assign"] {
		page.CanAssign = true
		if page.Colleagues, err = h.assignees(ctx, actor, k, staff); err != nil {
			return err
		}
	}
	if err := h.fill(ctx, actor, k, &page, names, can["consent"]); err != nil {
		return err
	}
	if change != nil {
		change(&page)
	}
	return h.app.Show(c, status, "cases.show.page", page)
}

// fill adds the consents, the referrals, what others have learned, and the timeline.
func (h *Cases) fill(ctx context.Context, actor clinic.Actor, k casework.Case, page *nodeui.CasePage, names map[string]string, mayEnd bool) error {
	consents, err := h.Read.Consents(ctx, actor, page.ID)
	if err != nil {
		return err
	}
	members, err := h.members(ctx)
	if err != nil {
		return err
	}
	for _, r := range consents {
		page.Consents = append(page.Consents, consentOf(r, h.today(), members, mayEnd))
	}
	if h.Referrals != nil {
		page.ShowReferrals = true
		if page.Referrals, err = h.Referrals.CaseReferrals(ctx, actor, page.ID); err != nil {
			return err
		}
		if page.CanRefer, err = h.Referrals.MayRefer(ctx, actor, page.ID); err != nil {
			return err
		}
		page.ShowSent = page.CanRefer || len(page.Referrals) > 0
	}
	if h.Lessons != nil {
		if page.Lessons, err = h.Lessons.Like(ctx, actor, k); err != nil {
			return err
		}
		page.CanLearn = k.AdminStatus == casework.StatusClosed && h.Lessons.MayWrite(ctx, actor)
	}
	events, err := h.Read.Timeline(ctx, actor, page.ID)
	if err != nil {
		return err
	}
	for _, e := range events {
		page.Timeline = append(page.Timeline, eventOf(e, names))
	}
	return nil
}

func (h *Cases) members(ctx context.Context) (map[string]string, error) {
	out := map[string]string{}
	if h.Recipients == nil {
		return out, nil
	}
	all, err := h.Recipients.Recipients(ctx)
	for _, r := range all {
		out[r.Actor] = r.Name
	}
	return out, err
}

func (h *Cases) assignees(ctx context.Context, actor clinic.Actor, k casework.Case, staff []Colleague) ([]ui.Option, error) {
	var users []clinic.Actor
	for _, p := range staff {
		users = append(users, clinic.Actor{UserID: p.ID, Roles: p.Roles, Active: p.Active})
	}
	may, err := h.Read.MayHave(ctx, actor, k.ID, users)
	if err != nil {
		return nil, err
	}
	var out []ui.Option
	for _, p := range staff {
		if may[p.ID] && p.ID != k.OwnerID {
			out = append(out, ui.Option{Value: p.ID, Label: ui.Say(p.Name)})
		}
	}
	return out, nil
}

func statusText(s casework.Status) ui.Text { return ui.T("cases.status." + string(s)) }

func statusBadge(s casework.Status) ui.Badge {
	tone := map[casework.Status]string{casework.StatusIntake: "act", casework.StatusScreening: "act", casework.StatusOpen: "info",
		casework.StatusOnHold: "wait", casework.StatusClosed: "done"}[s]
	return ui.Badge{Text: statusText(s), Tone: tone}
}

// stateOf tells who has the case, since when, what comes next, by when, and
// what happens if nobody does it.
func stateOf(k casework.Case, names map[string]string, today string) ui.State {
	s := ui.State{Badge: statusBadge(k.AdminStatus), Since: ui.At(k.Since), Holder: ui.T("cases.nobody"),
		Next: ui.T("cases.state.next." + string(k.AdminStatus))}
	if n := names[k.OwnerID]; n != "" {
		s.Holder = ui.Say(n)
	}
	if k.OwnerID == "" {
		s.Next = ui.T("cases.state.next.assign")
	}
	switch k.AdminStatus {
	case casework.StatusOnHold:
		s.Due = ui.On(k.WakeOn)
		if k.WakeOn <= today {
			s.Otherwise = ui.T("cases.state.woken")
		}
	case casework.StatusIntake, casework.StatusScreening:
		s.Otherwise = ui.T("cases.state.otherwise")
	case casework.StatusOpen, casework.StatusClosed:
	}
	return s
}

func nextOf(k casework.Case, can map[string]bool) nodeui.CaseNext {
	n := nodeui.CaseNext{Basis: k.LegalBasis, Conflict: string(k.Conflict), Ready: k.LegalBasis != "" && k.Conflict == casework.ConflictClear,
		WakeOn: ui.Dated("wake_on", "cases.field.wake_on", "")}
	if can["update"] {
		n.Intake = k.AdminStatus == casework.StatusIntake
		n.Screening = k.AdminStatus == casework.StatusScreening
		n.Open = k.AdminStatus == casework.StatusOpen
		n.OnHold = k.AdminStatus == casework.StatusOnHold
	}
	for _, to := range k.AdminStatus.Next() {
		n.CanClose = n.CanClose || to == casework.StatusClosed && can["close"]
		n.Closed = k.AdminStatus == casework.StatusClosed && to == casework.StatusScreening && can["reopen"]
	}
	for _, r := range casework.ReopenReasons() {
		n.ReopenReasons = append(n.ReopenReasons, ui.Option{Value: r, Label: ui.T("cases.reopen." + r)})
	}
	for _, r := range casework.CloseReasons() {
		n.CloseReasons = append(n.CloseReasons, ui.Option{Value: r, Label: ui.T("cases.close." + r)})
	}
	return n
}

// personOf is a person on the page of the case. What tells most about somebody
// shows only once names are shown.
func personOf(p casework.Person, revealed bool) nodeui.CasePerson {
	out := nodeui.CasePerson{ID: p.ID, Name: p.FullName(), Role: ui.T("cases.role." + p.Role)}
	add := func(label string, t ...ui.Text) {
		if len(t) > 0 && t[0].Some() {
			out.Facts = append(out.Facts, ui.Fact{Label: ui.T(label), Values: t})
		}
	}
	add("cases.person.birth", birthTexts(p)...)
	if p.Sex != "" {
		add("cases.person.sex", ui.Label("sex", p.Sex))
	}
	if f := p.StatusFamily(); f != "" {
		add("cases.person.status", ui.Label("status_family", f))
	}
	if revealed {
		add("cases.person.nationality", nationTexts(p.Nationality)...)
	}
	add("cases.person.id_number", ui.Say(p.IDNumber))
	add("cases.person.other", ui.Say(strings.Join(p.OtherNames, ", ")))
	add("cases.person.phone", ui.Say(p.Phone))
	add("cases.person.village", ui.Say(strings.TrimSpace(p.Village+" "+p.Address)))
	return out
}

func factsOf(k casework.Case) ui.Facts {
	fact := func(label string, t ...ui.Text) ui.Fact { return ui.Fact{Label: ui.T(label), Values: t} }
	var place []ui.Text
	if k.AmphoeName != "" {
		place = append(place, ui.T("cases.amphoe", "name", k.AmphoeName))
	}
	if k.ProvinceCode != "" {
		place = append(place, ui.Label("province", k.ProvinceCode))
	}
	out := ui.Facts{
		fact("cases.field.issues", ui.Labels("issue", k.Issues...)...),
		fact("cases.list.place", place...),
		fact("cases.field.interpreter", yesNoText(k.Interpreter)...),
		fact("cases.field.guardian", yesNoText(k.GuardianPresent)...),
		fact("cases.field.opened_on", some(ui.On(k.OpenedOn))...),
	}
	if k.LegalBasis != "" {
		out = append(out, fact("cases.field.basis", ui.Label("legal_basis", k.LegalBasis)))
	}
	out = append(out, fact("cases.field.conflict", ui.T("cases.conflict."+string(k.Conflict))))
	if k.HoldReason != "" {
		out = append(out, fact("cases.field.hold_reason", ui.Say(k.HoldReason)))
	}
	if k.CloseReason != "" {
		out = append(out, fact("cases.field.close_reason", ui.T("cases.close."+k.CloseReason)))
	}
	return append(out, fact("cases.field.openness", opennessText(k.Openness)))
}

func teamOf(k casework.Case, names map[string]string) ui.Facts {
	var others []ui.Text
	for _, u := range k.Assigned {
		if u != k.OwnerID && names[u] != "" {
			others = append(others, ui.Say(names[u]))
		}
	}
	holder := some(ui.Say(names[k.OwnerID]))
	return ui.Facts{{Label: ui.T("cases.list.holder"), Values: holder}, {Label: ui.T("cases.team.others"), Values: others}}
}

func consentOf(r consent.Record, today string, members map[string]string, mayEnd bool) nodeui.CaseConsent {
	out := nodeui.CaseConsent{ID: r.ID, Title: ui.T("consent.record", "purpose", ui.Label("purpose", r.Purpose), "recipient", recipientText(r.Recipient, members))}
	switch {
	case !r.WithdrawnAt.IsZero():
		out.Badge = ui.Badge{Text: ui.T("consent.state.withdrawn"), Tone: "danger"}
	case r.ValidUntil != "" && r.ValidUntil < today:
		out.Badge = ui.Badge{Text: ui.T("consent.state.expired"), Tone: "wait"}
	default:
		out.Badge = ui.Badge{Text: ui.T("consent.state.valid"), Tone: "done"}
		out.CanEnd = mayEnd
	}
	add := func(label string, t ui.Text) {
		if t.Some() || t.List != "" {
			out.Facts = append(out.Facts, ui.Fact{Label: ui.T(label), Values: []ui.Text{t}})
		}
	}
	add("consent.field.basis", ui.Label("legal_basis", r.Basis))
	add("consent.field.scope", ui.T("consent.scope."+string(r.Scope)))
	if r.Special {
		add("consent.field.special.short", ui.T("cases.yes"))
	}
	if r.Medium != "" {
		add("consent.field.medium", ui.Label("consent_medium", r.Medium))
	}
	add("consent.field.given_on", ui.On(r.GivenOn))
	add("consent.field.valid_until", ui.On(r.ValidUntil))
	if !r.WithdrawnAt.IsZero() {
		add("consent.field.withdrawn_at", ui.At(r.WithdrawnAt))
	}
	for _, w := range consent.WithdrawWays() {
		out.Ways = append(out.Ways, ui.Option{Value: w, Label: ui.T("consent.way." + w)})
	}
	return out
}

func recipientText(r string, members map[string]string) ui.Text {
	switch {
	case r == consent.Network:
		return ui.T("consent.recipient.network")
	case r == consent.Inside:
		return ui.T("consent.recipient.inside")
	case members[r] != "":
		return ui.Say(members[r])
	}
	return ui.Say(r)
}

// referralEvents are the kinds of event of a referral that have words of their own.
var referralEvents = [...]string{"referral_offered", "referral_delivered", "referral_tentative", "referral_accepted", "referral_declined",
	"referral_redirected", "referral_expired", "referral_withdrawn", "referral_in_service", "referral_on_hold", "referral_completed",
	"referral_failed", "referral_client_disengaged", "referral_closed"}

// eventOf says an event in words.
func eventOf(e casework.Event, names map[string]string) ui.Event {
	out := ui.Event{At: ui.At(e.At), Title: ui.T("cases.event." + e.Kind), Who: ui.Say(names[e.By])}
	if strings.HasPrefix(e.Kind, "referral_") {
		out.Icon, out.Tone = "send", "info"
		if !slices.Contains(referralEvents[:], e.Kind) {
			out.Title = ui.T("cases.event.referral")
		}
	}
	detail := func(t ui.Text) { out.Detail = append(out.Detail, t) }
	switch e.Kind {
	case casework.EventMoved:
		out.Title = ui.T("cases.event.moved", "to", statusText(casework.Status(e.Detail["to"])))
		out.Icon = "forward"
		if r := e.Detail["reason"]; r != "" {
			detail(ui.T("cases.close." + r))
		}
	case casework.EventAssigned, casework.EventReleased:
		out.Title = ui.T("cases.event."+e.Kind, "name", names[e.Detail["to"]+e.Detail["from"]])
		out.Icon = "user"
	case casework.EventReopened:
		out.Icon, out.Tone = "forward", "act"
		detail(ui.T("cases.reopen." + e.Detail["reason"]))
	case casework.EventPersonAdded, casework.EventPersonRemoved, casework.EventPersonEdited:
		out.Icon = "user"
		if fields := e.Detail["fields"]; fields != "" {
			for name := range strings.SplitSeq(fields, ",") {
				detail(ui.T("cases.person." + name))
			}
		}
	case casework.EventNote:
		out.Icon = "note"
	case casework.EventBasis:
		detail(ui.Label("legal_basis", e.Detail["basis"]))
	case casework.EventConflict:
		detail(ui.T("cases.conflict." + e.Detail["result"]))
	case casework.EventIdentity:
		out.Icon, out.Tone = "eye", "act"
	case casework.EventConsent:
		out.Icon, out.Tone = "seal", "done"
		detail(ui.Label("purpose", e.Detail["purpose"]))
	case casework.EventWithdrawn:
		out.Icon, out.Tone = "seal", "danger"
		detail(ui.T("consent.way." + e.Detail["how"]))
	}
	if e.Text != "" {
		detail(ui.Say(e.Text))
	}
	return out
}
