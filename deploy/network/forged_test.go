package network_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/locale"
)

// attack is a request that must be refused, with the words that say why.
type attack struct {
	what   string
	at     *caller
	login  string
	path   string
	form   url.Values
	status int
	says   string // message key; "" for the page that is not there
}

func (a attack) play(t *testing.T, n *network.Network, words *locale.Bundle) {
	t.Helper()
	if a.says == "" {
		a.says = "error.404.title"
	}
	for _, lang := range locale.Langs() {
		a.at.speak(a.login, lang)
		before := everything(t, n)
		status, page, _ := a.at.do(a.login, "POST", a.path, a.form)
		if want := words.Speaker(lang).Say(a.says); status != a.status || !strings.Contains(main(page), want) || !strings.Contains(page, `<html lang="`+lang) {
			t.Errorf("%s: %d, want %d and %q: %s", a.what, status, a.status, want, plain(page))
		}
		if after := everything(t, n); after != before {
			t.Errorf("%s has changed something:\n%s\nbefore:\n%s", a.what, after, before)
		}
	}
}

// repeat is n codes of a vocabulary under one name.
func repeat(name, list string, n int) []string {
	var out []string
	for _, code := range vocabulary.Codes(list)[:n] {
		out = append(out, name, code)
	}
	return out
}

func without(f url.Values, names ...string) url.Values {
	out := url.Values{}
	for k, v := range f {
		out[k] = v
	}
	for _, n := range names {
		out.Del(n)
	}
	return out
}

func with(f url.Values, kv ...string) url.Values {
	out := without(f)
	for i := 0; i+1 < len(kv); i += 2 {
		out[kv[i]] = append(append([]string{}, out[kv[i]]...), kv[i+1])
	}
	return out
}

// What comes of forms that somebody has put together by hand, on two nodes of a
// real network: a clear answer in both languages, and nothing changes.
func TestForgedForms(t *testing.T) {
	n := start(t, network.Options{Dir: t.TempDir(), Bare: true})
	defer stop(t, n)
	words, err := locale.Load()
	if err != nil {
		t.Fatal(err)
	}
	north, labour, defenders, hub := n.Server("chiangrai"), n.Server("samutsakhon"), n.Server("defenders"), n.Server("hub")
	a, b, h := call(t, north), call(t, labour), call(t, hub)
	h.must(303, "secretary", "POST", "/members/suspend", pairs("actor", defenders.Actor, "reason", "decision"))
	settle(t, n)

	// Drafting.
	file := "/cases/" + newFile(t, north).ID + "/refer"
	good := draftTo(labour)
	const target = "referrals.form.target.choose"
	attacks := []attack{
		{"to ourselves", a, "caseworker", file, with(without(good, "target"), "target", north.Actor), 422, target},
		{"to a suspended member", a, "caseworker", file, with(without(good, "target"), "target", defenders.Actor), 422, target},
		{"to the hub", a, "caseworker", file, with(without(good, "target"), "target", hub.Actor), 422, target},
		{"to a stranger", a, "caseworker", file, with(without(good, "target"), "target", "https://evil.example/ap/org"), 422, target},
		{"to another actor of a member", a, "caseworker", file, with(without(good, "target"), "target", labour.URL+"/ap/instance"), 422, target},
		{"to two members", a, "caseworker", file, with(good, "target", labour.Actor), 422, target},
		{"of two kinds", a, "caseworker", file, with(good, "kind", "consult"), 422, "referrals.form.kind.choose"},
		{"urgent twice", a, "caseworker", file, with(good, "urgency", "urgent"), 422, "referrals.form.urgency.choose"},
		{"for two purposes", a, "caseworker", file, with(good, "purpose", "legal_help"), 422, "referrals.form.purpose.choose"},
		{"with too many needs", a, "caseworker", file, with(without(good, "needs"), repeat("needs", "service_type", 7)...), 422, "referrals.form.needs.too_many"},
		{"with a thousand needs", a, "caseworker", file, url.Values{"do": {"save"}, "needs": strings.Split(strings.Repeat("x,", 1000), ",")}, 422, "referrals.form.needs.choose"},
		{"with too many issues", a, "caseworker", file, with(good, repeat("issues", "issue", 5)...), 422, "referrals.form.issues.too_many"},
		{"with too many sentences", a, "caseworker", file, with(good, repeat("phrases", "phrase", 6)...), 422, "referrals.form.phrases.choose"},
		{"with one sentence twice", a, "caseworker", file, with(good, "phrases", "no_birth_evidence", "phrases", "no_birth_evidence"), 422, "referrals.form.phrases.choose"},
		{"with words of one's own", a, "caseworker", file, with(good, "phrases", "นายอาซา"), 422, "referrals.form.phrases.choose"},
		{"with words of one's own in a sentence", a, "caseworker", file, with(good, "phrases", "hearing_within", "slot.hearing_within", "นายอาซา"), 422, "referrals.form.phrases.choose"},
		{"with a need of one's own", a, "caseworker", file, with(good, "needs", "อาซา"), 422, "referrals.form.needs.choose"},
		{"with feedback due in the past", a, "caseworker", file, with(good, "feedback_due.day", "1", "feedback_due.month", "1", "feedback_due.year", "2560"), 422, "referrals.form.feedback_due.future"},
		{"of a case of another node", b, "caseworker", file, good, 404, ""},
	}

	// Approving.
	ref, hash := a.submit(labour)
	boss, err := north.As(t.Context(), "supervisor")
	id, err := north.Node.Sender.Draft(t.Context(), value(t, boss, err), strings.Split(file, "/")[2], referral.Form{Kind: "service", Urgency: "normal",
		Purpose: "status_work", Needs: []string{"dna"}, Target: labour.Actor})
	mine := "/referrals/" + value(t, id, err)
	a.must(303, "supervisor", "POST", mine+"/submit", nil)
	v, err := north.Node.Sender.Show(t.Context(), boss, id)
	mineHash := value(t, v, err).Referral.Preview.SHA256
	attacks = append(attacks,
		attack{"one's own draft approved by its drafter", a, "caseworker", ref + "/approve", pairs("sha256", hash), 403, "error.403.title"},
		attack{"one's own draft approved by a supervisor", a, "supervisor", mine + "/approve", pairs("sha256", mineHash), 403, "error.403.title"},
		attack{"approved by an intern", a, "intern", ref + "/approve", pairs("sha256", hash), 404, ""},
		attack{"approved by the administrator", a, "admin", ref + "/approve", pairs("sha256", hash), 404, ""},
		attack{"approved at the other end", b, "supervisor", ref + "/approve", pairs("sha256", hash), 404, ""},
		attack{"given back without a reason", a, "supervisor", ref + "/return", nil, 422, "referrals.form.reason.choose"},
		attack{"given back with two reasons", a, "supervisor", ref + "/return", pairs("reason", "consent", "reason", "other"), 422, "referrals.form.reason.choose"},
		attack{"submitted twice", a, "caseworker", ref + "/submit", nil, 409, "referrals.error.illegal_move"},
		attack{"edited while it waits", a, "caseworker", ref + "/edit", good, 409, "referrals.error.illegal_move"},
		attack{"closed before it was sent", a, "caseworker", ref + "/close", pairs("confirmed", "yes"), 409, "referrals.error.illegal_move"},
	)

	// Answering.
	sent, offer := a.offer(n, labour)
	far := labour.URL + "/ap/org"
	attacks = append(attacks,
		attack{"accepted by who only reports", b, "caseworker", offer + "/accept", nil, 403, "error.403.title"},
		attack{"accepted by an intern", b, "intern", offer + "/accept", nil, 404, ""},
		attack{"accepted by the administrator", b, "admin", offer + "/accept", nil, 404, ""},
		attack{"accepted by the auditor", b, "auditor", offer + "/accept", nil, 404, ""},
		attack{"accepted at the sender's", a, "lawyer", offer + "/accept", nil, 404, ""},
		attack{"withdrawn by the receiver", b, "supervisor", sent + "/withdraw", pairs("reason", "resolved"), 404, ""},
		attack{"declined without a reason", b, "lawyer", offer + "/decline", nil, 422, "referrals.form.reason.choose"},
		attack{"declined in own words", b, "lawyer", offer + "/decline", pairs("reason", "ไม่ว่าง"), 422, "referrals.form.reason.choose"},
		attack{"declined for two reasons", b, "lawyer", offer + "/decline", pairs("reason", "capacity", "reason", "other"), 422, "referrals.form.reason.choose"},
		attack{"considered until never", b, "lawyer", offer + "/consider", pairs("expected", "9999-12"), 422, "referrals.form.expected.choose"},
		attack{"considered in own words", b, "lawyer", offer + "/consider", pairs("expected", "อาซา"), 422, "referrals.form.expected.choose"},
		attack{"suggesting a stranger", b, "lawyer", offer + "/suggest", pairs("reason", "capacity", "suggested", "https://evil.example/ap/org"), 422, "referrals.form.suggested.choose"},
		attack{"suggesting a suspended member", b, "lawyer", offer + "/suggest", pairs("reason", "capacity", "suggested", defenders.Actor), 422, "referrals.form.suggested.choose"},
		attack{"suggesting the sender", b, "lawyer", offer + "/suggest", pairs("reason", "capacity", "suggested", north.Actor), 422, "referrals.form.suggested.choose"},
		attack{"suggesting ourselves", b, "lawyer", offer + "/suggest", pairs("reason", "capacity", "suggested", far), 422, "referrals.form.suggested.choose"},
		attack{"reported on before it was taken", b, "lawyer", offer + "/progress", pairs("step", "assistance"), 409, "referrals.error.illegal_move"},
		attack{"completed before it was taken", b, "lawyer", offer + "/complete", pairs("outcomes", "safe", "month", "2026-11"), 409, "referrals.error.illegal_move"},
		attack{"withdrawn without a reason", a, "caseworker", sent + "/withdraw", nil, 422, "referrals.form.reason.choose"},
		attack{"withdrawn as if it had expired", a, "caseworker", sent + "/withdraw", pairs("reason", "expired"), 422, "referrals.form.reason.choose"},
		attack{"withdrawn by who may only read", a, "lawyer", sent + "/withdraw", pairs("reason", "resolved"), 403, "error.403.title"},
	)

	// After an answer.
	_, taken := a.offer(n, labour)
	b.must(303, "lawyer", "POST", taken+"/accept", nil)
	gone, withdrawn := a.offer(n, labour)
	a.must(303, "caseworker", "POST", gone+"/withdraw", pairs("reason", "resolved"))
	settle(t, n)
	attacks = append(attacks,
		attack{"accepted twice", b, "lawyer", taken + "/accept", nil, 409, "referrals.error.illegal_move"},
		attack{"declined once accepted", b, "supervisor", taken + "/decline", pairs("reason", "capacity"), 409, "referrals.error.illegal_move"},
		attack{"accepted after the withdrawal", b, "lawyer", withdrawn + "/accept", nil, 409, "referrals.error.illegal_move"},
		attack{"declined after the withdrawal", b, "lawyer", withdrawn + "/decline", pairs("reason", "capacity"), 409, "referrals.error.illegal_move"},
		attack{"withdrawn twice", a, "caseworker", gone + "/withdraw", pairs("reason", "resolved"), 409, "referrals.error.illegal_move"},
		attack{"a step of one's own", b, "caseworker", taken + "/progress", pairs("step", "พบนายอาซา"), 422, "referrals.form.step.choose"},
		attack{"a step of another vocabulary", b, "caseworker", taken + "/progress", pairs("step", "dna"), 422, "referrals.form.step.choose"},
		attack{"two steps at once", b, "caseworker", taken + "/progress", pairs("step", "assistance", "step", "follow_up"), 422, "referrals.form.step.choose"},
		attack{"a hold for a reason of one's own", b, "caseworker", taken + "/hold", pairs("reason", "นายอาซา"), 422, "referrals.form.reason.choose"},
		attack{"an outcome of one's own", b, "caseworker", taken + "/complete", pairs("outcomes", "safe", "outcomes", "นายอาซา", "month", "2026-11"), 422, "referrals.form.outcomes.choose"},
		attack{"a thousand outcomes", b, "caseworker", taken + "/complete", url.Values{"month": {"2026-11"}, "outcomes": strings.Split(strings.Repeat("x,", 1000), ",")}, 422, "referrals.form.outcomes.choose"},
		attack{"no month", b, "caseworker", taken + "/complete", pairs("outcomes", "safe"), 422, "referrals.form.month.choose"},
		attack{"two months", b, "caseworker", taken + "/complete", pairs("outcomes", "safe", "month", "2026-11", "month", "2026-10"), 422, "referrals.form.month.choose"},
		attack{"a month to come", b, "caseworker", taken + "/complete", pairs("outcomes", "safe", "month", "2099-01"), 422, "referrals.form.month.choose"},
		attack{"failed for a reason of one's own", b, "caseworker", taken + "/fail", pairs("reason", "x"), 422, "referrals.form.reason.choose"},
		attack{"reported on by an intern", b, "intern", taken + "/progress", pairs("step", "assistance"), 404, ""},
		attack{"reported on by the auditor", b, "auditor", taken + "/complete", pairs("outcomes", "safe", "month", "2026-11"), 404, ""},
	)
	for _, one := range attacks {
		one.play(t, n, words)
	}
	for _, sha := range []string{strings.Repeat("0", 64), "", hash + "," + hash} {
		attack{"approved with a stale hash", a, "supervisor", ref + "/approve", pairs("sha256", sha), 409, "referrals.error.preview_changed"}.stale(t, n, words, ref)
	}
	attack{"approved with two hashes", a, "supervisor", ref + "/approve", pairs("sha256", hash, "sha256", hash), 409, "referrals.error.preview_changed"}.stale(t, n, words, ref)

	// All outcomes there are is no attack, and neither is the hash on the page: that
	// of the first look is not it any more, since there are more cases like it now.
	b.must(303, "caseworker", "POST", taken+"/complete", with(pairs("month", "2026-01"), repeat("outcomes", "outcome_right", len(vocabulary.Codes("outcome_right")))...))
	page, _ := a.must(200, "supervisor", "GET", ref, nil)
	a.must(303, "supervisor", "POST", ref+"/approve", pairs("sha256", hashField.FindStringSubmatch(page)[1]))
	looks(t, a, b, file, ref, sent, offer, taken)
}

// stale is play for a refused approval, which keeps the new decision for a new look.
func (a attack) stale(t *testing.T, n *network.Network, words *locale.Bundle, ref string) {
	t.Helper()
	for _, lang := range locale.Langs() {
		a.at.speak(a.login, lang)
		status, page, _ := a.at.do(a.login, "POST", a.path, a.form)
		if status != a.status || !strings.Contains(main(page), words.Speaker(lang).Say(a.says)) {
			t.Errorf("%s: %d %s", a.what, status, plain(page))
		}
		r, err := a.at.s.Node.Sender.Store.Get(t.Context(), strings.TrimPrefix(ref, "/referrals/"))
		if value(t, r, err).State != referral.StateAwaiting || r.Approved != "" {
			t.Errorf("%s: it is %s", a.what, r.State)
		}
	}
}

// looks reads every page of the story as everybody at both ends: what one end
// has does not exist at the other, and nobody at the other end sees the person.
func looks(t *testing.T, a, b *caller, pages ...string) {
	t.Helper()
	everybody := []string{"caseworker", "lawyer", "supervisor", "intern", "network", "admin", "auditor"}
	vary := regexp.MustCompile(`nonce="[^"]*"|[0-9a-f]{32}`)
	for _, p := range pages {
		there := a // the end where it must not exist
		if !strings.HasPrefix(p, "/offers/") {
			there = b
		}
		kind := "/" + strings.Split(p, "/")[1] + "/"
		for _, who := range everybody {
			status, page, _ := there.do(who, "GET", p, nil)
			rest := strings.TrimPrefix(p, kind)
			_, none, _ := there.do(who, "GET", kind+opaque.ID()+rest[32:], nil)
			if status != 404 || vary.ReplaceAllString(page, "") != vary.ReplaceAllString(none, "") {
				t.Errorf("%s by %s at the other end: %d", p, who, status)
			}
		}
	}
	for _, who := range everybody {
		for _, p := range append([]string{"/offers", "/offers?over=1", "/", "/ledger", "/network", "/peers"}, pages...) {
			_, page, _ := b.do(who, "GET", p, nil)
			for _, secret := range []string{"ซาลับ", "เยอะลับ", "ลับมาก", "77/2569", "89000-00", "000-3344", strings.Split(pages[0], "/")[2]} {
				if strings.Contains(main(page), secret) {
					t.Errorf("%s shows %s at the other end something of the file", p, who)
				}
			}
		}
	}
}
