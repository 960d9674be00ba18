package network_test

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/node/clinic/casework"
)

// someone is a person at a browser of their own, signed in at one server.
type someone struct {
	t    *testing.T
	ctx  context.Context
	base string
	name string // for pictures
}

func sit(t *testing.T, s *network.Server, login, lang string, width, height int) *someone {
	t.Helper()
	p := &someone{t: t, ctx: browser(t, width, height), base: s.URL, name: lang + "-" + s.Key + "-" + login}
	run(t, p.ctx, "language", chromedp.Navigate(s.URL+"/login"))
	send(t, p.ctx, `button[value=`+lang+`]`)
	signIn(t, p.ctx, s.URL, login, network.Password)
	send(t, p.ctx, `button[value=`+lang+`]`)
	return p
}

func (p *someone) open(path string) string {
	p.t.Helper()
	run(p.t, p.ctx, "open "+path, chromedp.Navigate(p.base+path), chromedp.WaitReady(`h1`))
	return text(p.t, p.ctx)
}

// until opens a page again and again until it says what is wanted; the browser's
// own time limit ends it.
func (p *someone) until(path, want string) string {
	p.t.Helper()
	for {
		if got := p.open(path); strings.Contains(got, want) {
			return got
		} else if p.ctx.Err() != nil {
			p.t.Fatalf("%s never says %q: %q", path, want, got)
		}
	}
}

// tick chooses a box, a radio button or an option of a select.
func (p *someone) tick(name, value string) {
	p.t.Helper()
	ok := eval[bool](p.t, p.ctx, `(() => {
		const n = `+strconv.Quote(name)+`, v = `+strconv.Quote(value)+`;
		for (const e of document.getElementsByName(n)) {
			if (e.tagName === "SELECT" && [...e.options].some(o => o.value === v)) { e.value = v; return true }
			if (e.type !== "select-one" && e.value === v) { e.checked = true; return true }
		}
		return false
	})()`)
	if !ok {
		p.t.Fatalf("%s: there is no %s=%s to choose", p.name, name, value)
	}
}

// do sends the form whose address ends so.
func (p *someone) do(action string) string {
	p.t.Helper()
	send(p.t, p.ctx, `main form[action$="`+action+`"] button[type=submit]:is([value=save], :not([name]))`)
	return text(p.t, p.ctx)
}

func (p *someone) has(selector string) bool {
	p.t.Helper()
	return eval[bool](p.t, p.ctx, `!!document.querySelector(`+strconv.Quote(selector)+`)`)
}

// href returns the address of the first link whose address begins so.
func (p *someone) href(prefix, in string) string {
	p.t.Helper()
	h := eval[string](p.t, p.ctx, `[...document.querySelectorAll("main a")].filter(a => a.innerText.includes(`+strconv.Quote(in)+
		`)).map(a => a.getAttribute("href")).find(h => h.startsWith(`+strconv.Quote(prefix)+`)) || ""`)
	if h == "" {
		p.t.Fatalf("%s: no link to %s… that says %q in %q", p.name, prefix, in, text(p.t, p.ctx))
	}
	return h
}

func (p *someone) shoot(name string) {
	p.t.Helper()
	shoot(p.t, p.ctx, p.name+"-"+name)
	if scroll, inner := eval[int](p.t, p.ctx, `document.documentElement.scrollWidth`), eval[int](p.t, p.ctx, `window.innerWidth`); scroll > inner {
		p.t.Errorf("%s %s: the page is %d px wide in a window of %d", p.name, name, scroll, inner)
	}
}

// words are what the story looks for on pages, by language.
type words struct{ need, awaiting, arrived, working, done, closed, withdrawn, suggested string }

// TestReferralStory plays one referral from the first screen to the last, across
// two organisations, in Thai on phones and in English on desks.
func TestReferralStory(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser story")
	}
	tap := &fedtest.Tap{}
	n := start(t, network.Options{Dir: t.TempDir(), Wrap: tap.Record})
	t.Cleanup(func() { stop(t, n) })
	for i, c := range []struct {
		lang          string
		width, height int
		w             words
	}{
		{"th", 360, 780, words{"ล่าม", "รออนุมัติ", "ถึงปลายทางแล้ว", "กำลังให้บริการ", "เสร็จ", "ปิด", "ถอน", "แนะนำ"}},
		{"en", 1280, 900, words{"Interpretation", "approval", "Arrived", "In service", "Completed", "Closed", "Withdrawn", "suggest"}},
	} {
		t.Run(c.lang, func(t *testing.T) { playReferral(t, n, tap, c.lang, c.width, c.height, 4+2*i, c.w) })
	}
}

func playReferral(t *testing.T, n *network.Network, tap *fedtest.Tap, lang string, width, height, which int, w words) {
	north, labour := n.Server("chiangrai"), n.Server("samutsakhon")
	worker := sit(t, north, "caseworker", lang, width, height)
	file := openCase(t, north, which)

	// Drafting: what the file holds and what would leave, side by side.
	worker.open("/cases/" + file.ID)
	worker.shoot("1-case")
	worker.open(worker.href("/cases/"+file.ID+"/refer", ""))
	worker.shoot("2-draft-empty")
	eval[bool](t, worker.ctx, `document.querySelector('form[action$="/refer"]').noValidate = true`) // a browser without such checks
	worker.do("/refer")
	worker.shoot("2-draft-wrong")
	for name, value := range map[string]string{"needs": "interpretation", "kind": "service", "urgency": "urgent", "purpose": "legal_help", "target": labour.Actor} {
		worker.tick(name, value)
	}
	worker.do("/refer")
	page := eval[string](t, worker.ctx, `location.pathname`)
	if !strings.HasPrefix(page, "/referrals/") {
		t.Fatalf("a draft leads to %s: %q", page, text(t, worker.ctx))
	}
	worker.shoot("3-bridge")
	if got := text(t, worker.ctx); !strings.Contains(got, w.need) {
		t.Fatalf("the panel does not show the need: %q", got)
	}
	client := file.Client()
	leaves := eval[string](t, worker.ctx, `[...document.querySelectorAll("main pre, main .leaves, main [data-leaves]")].map(e => e.innerText).join("\n")`)
	for _, secret := range []string{client.Given, client.Family, client.Village, client.IDNumber} {
		if secret != "" && strings.Contains(leaves, secret) {
			t.Errorf("a value of the file stands on the right side of the bridge")
		}
	}
	if got := worker.do("/submit"); !strings.Contains(got, w.awaiting) || worker.has(`form[action$="/approve"]`) {
		t.Fatalf("submitted, and the drafter may approve, or: %q", got)
	}
	worker.shoot("4-awaiting")

	// The second person approves; from here on it is on the wire.
	boss := sit(t, north, "supervisor", lang, width, height)
	boss.open("/")
	boss.shoot("5-home")
	boss.open(page)
	boss.shoot("5-approve")
	helper := sit(t, labour, "lawyer", lang, width, height)
	offers := func() int {
		helper.open("/offers")
		return eval[int](t, helper.ctx, `document.querySelectorAll('main a[href^="/offers/"]').length`)
	}
	before := offers()
	sent := time.Now()
	boss.do("/approve")
	for offers() == before {
	}
	t.Logf("from the approver's yes to the other organisation's screen: %s", time.Since(sent).Round(time.Millisecond))
	offer := newest(t, labour, north)
	helper.open("/")
	helper.shoot("6-home")
	helper.open("/offers")
	helper.shoot("6-offers")
	got := helper.open("/offers/" + offer)
	helper.shoot("6-offer")
	for _, secret := range []string{client.Given + " ", client.Family, client.IDNumber, client.Village, file.LocalNumber} {
		if len([]rune(secret)) > 3 && strings.Contains(got, secret) {
			t.Errorf("the other organisation sees a value of the file")
		}
	}
	worker.until(page, w.arrived)
	worker.shoot("7-arrived")

	// Accepted, worked on, done; the outcome comes home and is checked with the client.
	helper.do("/accept")
	helper.shoot("8-accepted")
	helper.tick("step", "assistance")
	helper.do("/progress")
	worker.until(page, w.working)
	helper.tick("outcomes", "advice_given")
	helper.do("/complete")
	helper.shoot("9-completed")
	worker.until(page, w.done)
	worker.shoot("9-result")
	worker.tick("confirmed", "yes")
	if got := worker.do("/close"); !strings.Contains(got, w.closed) {
		t.Fatalf("closed, and: %q", got)
	}
	worker.shoot("10-closed")
	helper.until("/offers/"+offer, w.closed)
	worker.open("/cases/" + file.ID)
	worker.shoot("10-case")

	// Another one is taken back before it is answered.
	file = openCase(t, north, which+1)
	worker.open("/cases/" + file.ID + "/refer")
	for name, value := range map[string]string{"needs": "interpretation", "kind": "service", "urgency": "normal", "purpose": "legal_help", "target": labour.Actor} {
		worker.tick(name, value)
	}
	worker.do("/refer")
	page = eval[string](t, worker.ctx, `location.pathname`)
	worker.do("/submit")
	boss.open(page)
	boss.do("/approve")
	worker.until(page, w.arrived)
	other := newest(t, labour, north)
	worker.tick("reason", "no_longer_needed")
	if got := worker.do("/withdraw"); !strings.Contains(got, w.withdrawn) {
		t.Fatalf("withdrawn, and: %q", got)
	}
	helper.until("/offers/"+other, w.withdrawn)
	helper.shoot("11-withdrawn")

	for _, x := range tap.All() {
		for _, secret := range []string{client.Given, client.Family, client.Village, client.IDNumber} {
			if len([]rune(secret)) > 3 && fromServer(x.Path) && (strings.Contains(string(x.Request), secret) || strings.Contains(string(x.Response), secret)) {
				t.Errorf("a value of the file has crossed to %s", x.To)
			}
		}
	}
}

// fromServer tells other servers' requests from browsers'.
func fromServer(path string) bool {
	return path == "/inbox" || strings.HasPrefix(path, "/ap/") || strings.HasPrefix(path, "/.well-known/")
}

func openCase(t *testing.T, s *network.Server, which int) casework.Case {
	t.Helper()
	who, err := s.As(t.Context(), "caseworker")
	if err != nil {
		t.Fatal(err)
	}
	l, err := s.Node.Cases.List(t.Context(), who, casework.Filter{Status: casework.StatusOpen, Mine: true, Size: 20})
	if err != nil || len(l.Items) <= which {
		t.Fatalf("%d open cases, %v", len(l.Items), err)
	}
	c, err := s.Node.Cases.Reveal(t.Context(), who, l.Items[which].ID)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// newest returns the id of the latest unanswered offer for interpretation, "" for none.
func newest(t *testing.T, at, from *network.Server) string {
	t.Helper()
	who, err := at.As(t.Context(), "lawyer")
	if err != nil {
		t.Fatal(err)
	}
	all, err := at.Node.Receiver.Inbox(t.Context(), who, false)
	if err != nil {
		t.Fatal(err)
	}
	id, when := "", time.Time{}
	for _, v := range all {
		if v.Offer.Sender == from.Actor && v.Offer.State == "received" && len(v.Offer.Payload.Phrases) == 0 && v.Offer.ArrivedAt.After(when) {
			id, when = v.Offer.ID, v.Offer.ArrivedAt
		}
	}
	return id
}
