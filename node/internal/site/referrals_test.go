package site_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/federation/opaque"
	"github.com/saphan-network/saphan/federation/sign"
	"github.com/saphan-network/saphan/federation/vocabulary"
	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/chassis/station"
	"github.com/saphan-network/saphan/node/chassis/vault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/casework"
	"github.com/saphan-network/saphan/node/clinic/consent"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/node/internal/exchange"
	"github.com/saphan-network/saphan/node/internal/site"
	"github.com/saphan-network/saphan/node/internal/store/casestore"
	"github.com/saphan-network/saphan/node/internal/store/referralstore"
	"github.com/saphan-network/saphan/policies"
	"github.com/saphan-network/saphan/policies/staff"
	"github.com/saphan-network/saphan/web"
	"github.com/saphan-network/saphan/web/ginweb"
	"github.com/saphan-network/saphan/web/nodeui"
)

const (
	here  = "http://127.0.0.1:8081"
	there = "https://lpn.example"
)

// crew is who works here: the id is the session token too.
var crew = map[string][]string{"dao": {"caseworker"}, "nok": {"caseworker"}, "tan": {"lawyer"}, "ying": {"supervisor"}, "mek": {"intern"},
	"fah": {"volunteer"}, "chai": {"admin"}, "or": {"auditor"}, "net": {"network"}}

type people struct{}

func (people) Session(_ context.Context, token string) (ginweb.User, error) {
	if r, ok := crew[token]; ok {
		return ginweb.User{ID: token, Name: "คุณ" + token, Roles: r, Lang: "th"}, nil
	}
	return ginweb.User{}, fault.Missing()
}

func (people) Colleague(_ context.Context, id string) (clinic.Actor, error) {
	if r, ok := crew[id]; ok {
		return clinic.Actor{UserID: id, Roles: r, Active: true}, nil
	}
	return clinic.Actor{}, fault.Missing()
}

func (people) Colleagues(context.Context) ([]site.Colleague, error) {
	var out []site.Colleague
	for id, r := range crew {
		out = append(out, site.Colleague{ID: id, Name: "คุณ" + id, Roles: r, Active: true})
	}
	return out, nil
}

// bench is the pages of referrals over the real services, with one other member.
type bench struct {
	t        *testing.T
	handler  http.Handler
	now      time.Time
	cases    *casework.Service
	sender   *referral.Sender
	receiver *referral.Receiver
	mail     *mailbox.Store
}

func ok[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{t: t, now: time.Date(2026, 11, 25, 5, 20, 0, 0, time.UTC)}
	clock := func() time.Time { return b.now }
	db := dbtest.SQLite(t, []database.Set{audit.Migrations(), vault.Migrations(), mailbox.Migrations(), casestore.Migrations(), referralstore.Migrations()}...)
	ledger, may, self := audit.New(db, clock), ok(staff.New()), here+"/ap/org"
	files := casestore.New(db, ok(vault.New(db, bytes.Repeat([]byte{3}, vault.KeySize), clock)))
	b.mail = mailbox.New(db, clock)
	b.member()
	gate := ok(policies.New(policies.Config{Self: self, Ledger: station.Ledger{Trail: ledger}, Now: clock, Seal: make([]byte, 32),
		Peers: func(_ context.Context, actor string) (policies.Peer, bool, error) {
			return policies.Peer{Actor: actor, Tier: "full", State: "active", Role: "member"}, strings.HasPrefix(actor, there), nil
		}}))
	if err := gate.Load(nil); err != nil {
		t.Fatal(err)
	}
	b.cases = casework.New(casework.Config{Cases: files, Journal: files, Book: files, Drafts: files, Staff: people{}, Authority: may,
		Recorder: ledger, Tx: db, Clock: clock})
	post := exchange.NewPost(exchange.PostConfig{Base: here, Self: self, Gate: gate, Outbox: b.mail, Now: clock})
	dir := exchange.NewDirectory(b.mail, self)
	b.sender = referral.NewSender(referral.SenderParts{Store: referralstore.NewSent(db), Cases: exchange.NewCases(b.cases), Directory: dir, Out: post,
		Authority: may, Recorder: ledger, Tx: db, Clock: clock, Known: vocabulary.Has})
	b.receiver = referral.NewReceiver(referral.ReceiverParts{Store: referralstore.NewReceived(db), Directory: dir, Out: post,
		Authority: may, Recorder: ledger, Tx: db, Clock: clock, Known: vocabulary.Has})
	r := ok(web.New(web.Options{UI: nodeui.UI(), Label: vocabulary.Label, Codes: vocabulary.Codes}))
	app := ok(ginweb.New(ginweb.Config{Renderer: r, Sessions: people{}, BaseURL: here, Org: func(string) string { return "คลินิกทดลอง" }, Now: clock}))
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	app.Install(e)
	refs := site.NewReferrals(app, site.ReferralsConfig{Read: b.sender, Write: b.sender, Staff: people{}, Now: clock})
	refs.Mount(e)
	site.NewReceipts(app, site.ReceiptsConfig{Book: referral.NewReceipts(b.sender, referralstore.NewReceipts(db)), Staff: people{}, NameTH: "คลินิกทดลอง", NameEN: "Trial Clinic", Now: clock}).Mount(e)
	site.NewOffers(app, site.OffersConfig{Read: b.receiver, Answer: b.receiver, Work: b.receiver, Staff: people{}, Now: clock}).Mount(e)
	site.NewCases(app, site.CasesConfig{Read: b.cases, Write: b.cases, Mend: b.cases, Drafts: b.cases, Staff: people{}, Referrals: refs, Now: clock}).Mount(e)
	b.handler = e
	return b
}

func (b *bench) member() {
	b.t.Helper()
	key := ok(sign.NewKey(there + "/ap/org#main-key"))
	hub := "https://hub.example/ap/network"
	hk := ok(sign.NewKey(hub + "#main-key"))
	if err := b.mail.SavePeer(b.t.Context(), mailbox.Peer{Role: mailbox.RoleHub, Member: federation.Member{Actor: hub, Name: "hub",
		Inbox: "https://hub.example/inbox", KeyID: hk.ID(), PublicKeyPEM: hk.PublicPEM(), Tier: "secretariat", State: "active"}}); err != nil {
		b.t.Fatal(err)
	}
	list := federation.Members{ID: "https://hub.example/ap/members", Network: hub, Version: 1, Updated: "2026-11-01T00:00:00Z"}
	for _, origin := range []string{there, "https://law.example"} {
		list.Items = append(list.Items, federation.Member{Actor: origin + "/ap/org", Name: "องค์กร " + origin[8:11], Inbox: origin + "/inbox",
			KeyID: origin + "/ap/org#main-key", PublicKeyPEM: key.PublicPEM(), Tier: "full", State: "active", Services: []string{"dna"}, Capacity: "open"})
	}
	if err := b.mail.SaveMembers(b.t.Context(), list); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) do(who, method, path string, form url.Values) (int, string, string) {
	b.t.Helper()
	r := httptest.NewRequestWithContext(b.t.Context(), method, here+path, strings.NewReader(form.Encode()))
	r.Header.Set("Accept", "text/html")
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if who != "" {
		r.AddCookie(&http.Cookie{Name: "saphan-8081", Value: who})
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w.Code, w.Body.String(), w.Header().Get("Location")
}

func (b *bench) want(status int, who, method, path string, form url.Values) (body, to string) {
	b.t.Helper()
	got, body, to := b.do(who, method, path, form)
	if got != status {
		b.t.Fatalf("%s %s by %q: %d, want %d", method, path, who, got, status)
	}
	return body, to
}

// file writes a case of dao's with its consent.
func (b *bench) file() string {
	b.t.Helper()
	ctx, dao := b.t.Context(), clinic.Actor{UserID: "dao", Roles: crew["dao"], Active: true}
	c := ok(b.cases.Create(ctx, dao, casework.Intake{Key: opaque.ID(), OpenedOn: "2026-11-20", ProvinceCode: "57", Issues: []string{"birth_not_registered"},
		Problem: "เล่าเรื่องยาว", LocalNumber: "ชร 7/2569", Persons: []casework.Person{{Title: "นาย", Given: "อาซา", Family: "มาเยอะ", Birth: "1990-01-02",
			IDNumber: "0-0000-89000-00-5", Phone: "080-000-3344", Sex: "male", Status: "none"}}}))
	c = ok(b.cases.Screen(ctx, dao, c.ID, c.Version, consent.Explicit, casework.ConflictClear))
	ok(b.cases.RecordConsent(ctx, dao, c.ID, consent.Record{Purpose: "status_work", Recipient: consent.Network, Scope: consent.ScopeAnonymousOffer,
		Special: true, Basis: consent.Explicit, TextVersion: "th-3", Language: "th", Medium: "paper"}))
	return c.ID
}

func draftForm() url.Values {
	return url.Values{"do": {"save"}, "needs": {"dna"}, "kind": {"service"}, "urgency": {"urgent"}, "purpose": {"status_work"},
		"issues": {"birth_not_registered"}, "phrases": {"no_birth_evidence", "office_did_not_accept_application"},
		"slot.office_did_not_accept_application": {"registry"}, "target": {there + "/ap/org"}}
}

// incoming puts an offer of the other member here.
func (b *bench) incoming() string {
	b.t.Helper()
	o := referral.Incoming{Offer: there + "/ap/act/" + opaque.ID(), Reference: there + "/ap/ref/" + opaque.ID(), Sender: there + "/ap/org",
		SHA256: strings.Repeat("ab", 32), RespondBy: b.now.Add(72 * time.Hour), Payload: referral.Payload{Kind: "service", Urgency: "urgent",
			Purpose: "status_work", Needs: []string{"dna"}, Basis: "explicit_consent", K: 6, Policy: "sha256:" + strings.Repeat("0", 64),
			Subject: map[string]string{"ageBand": "25-44", "areaLevel": "region", "areaCode": "north"}}}
	ok(b.receiver.Arrived(b.t.Context(), o))
	return ok(b.receiver.Store.ByOffer(b.t.Context(), o.Offer)).ID
}

// Every route for every role: who may not gets the same answer as for what does not exist.
func TestTwoEditADraft(t *testing.T) {
	b := newBench(t)
	_, to := b.want(http.StatusSeeOther, "dao", "POST", "/cases/"+b.file()+"/refer", draftForm())
	edit := func(version string, needs ...string) url.Values {
		f := draftForm()
		f["needs"], f["version"] = needs, []string{version}
		return f
	}
	if version(b, to) != "1" {
		t.Fatalf("the form of a new draft says version %s", version(b, to))
	}
	b.want(http.StatusSeeOther, "ying", "POST", to+"/edit", edit("1", "dna"))
	for _, stale := range []string{"1", "", "0", "x"} {
		body, _ := b.want(http.StatusConflict, "dao", "POST", to+"/edit", edit(stale, "shelter"))
		if !strings.Contains(body, "มีคนแก้ร่างนี้ไปก่อนแล้ว") || !shelterChosen.MatchString(body) || !strings.Contains(body, `name="version" value="2"`) {
			t.Fatalf("version %q: the page of a clash misses what was chosen, what is stored, or the version to go on from", stale)
		}
	}
	if version(b, to) != "2" {
		t.Error("a stale form changed the draft")
	}
	b.want(http.StatusSeeOther, "dao", "POST", to+"/edit", edit("2", "shelter"))
	if version(b, to) != "3" {
		t.Error("the form of the clash was not taken")
	}
}

var shelterChosen = regexp.MustCompile(`value="shelter"[^>]* checked`)

// version is what the form of a draft says of itself.
func version(b *bench, draft string) string {
	body, _ := b.want(http.StatusOK, "dao", "GET", draft+"/edit", nil)
	_, rest, _ := strings.Cut(body, `name="version" value="`)
	v, _, _ := strings.Cut(rest, `"`)
	return v
}

func TestReferralRoutes(t *testing.T) {
	b := newBench(t)
	caseID := b.file()
	_, to := b.want(http.StatusSeeOther, "dao", "POST", "/cases/"+caseID+"/refer", draftForm())
	id := strings.TrimPrefix(to, "/referrals/")
	offer := b.incoming()
	routes := []struct {
		method, path string
		may          string // who gets anything but 404, 403 and the way to sign-in
	}{
		{"GET", "/referrals", "dao nok tan ying mek fah chai or net"},
		{"GET", "/cases/" + caseID + "/refer", "dao ying"},
		{"POST", "/cases/" + caseID + "/refer", "dao ying"},
		{"GET", "/referrals/" + id, "dao tan ying"},
		{"GET", "/referrals/" + id + "/edit", "dao ying"},
		{"POST", "/referrals/" + id + "/edit", "dao ying"},
		{"POST", "/referrals/" + id + "/approve", "ying"},
		{"POST", "/referrals/" + id + "/return", "ying"},
		{"POST", "/referrals/" + id + "/withdraw", "dao ying"},
		{"POST", "/referrals/" + id + "/close", "dao ying"},
		{"GET", "/offers", "dao nok tan ying net"},
		{"GET", "/offers/" + offer, "dao nok tan ying net"},
		{"POST", "/offers/" + offer + "/progress", "dao nok tan ying net"},
		{"POST", "/offers/" + offer + "/hold", "dao nok tan ying net"},
		{"POST", "/offers/" + offer + "/complete", "dao nok tan ying net"},
		{"POST", "/offers/" + offer + "/fail", "dao nok tan ying net"},
		{"POST", "/offers/" + offer + "/disengaged", "dao nok tan ying net"},
		{"POST", "/offers/" + offer + "/decline", "tan ying net"},
		{"POST", "/offers/" + offer + "/suggest", "tan ying net"},
	}
	for _, r := range routes {
		if code, _, to := b.do("", r.method, r.path, nil); code != http.StatusSeeOther && code != http.StatusUnauthorized || strings.HasPrefix(to, "/referrals") {
			t.Errorf("%s %s by nobody: %d %s", r.method, r.path, code, to)
		}
		for who := range crew {
			code, body, _ := b.do(who, r.method, r.path, url.Values{"sha256": {"00"}})
			refused := code == http.StatusNotFound || code == http.StatusForbidden
			if may := slices.Contains(strings.Fields(r.may), who); may == refused {
				t.Errorf("%s %s by %s: %d, may %v", r.method, r.path, who, code, may)
			}
			if code >= 500 {
				t.Errorf("%s %s by %s: %d", r.method, r.path, who, code)
			}
			if refused && (strings.Contains(body, there) || strings.Contains(body, "องค์กร lpn")) {
				t.Errorf("%s %s tells %s something", r.method, r.path, who)
			}
		}
	}
	same := func(body string) string { return varying.ReplaceAllString(body, "") }
	for _, path := range []string{"/referrals/", "/cases/"} {
		mine := map[string]string{"/referrals/": id, "/cases/": caseID + "/refer"}[path]
		code, absent, _ := b.do("nok", "GET", path+strings.Replace(mine, mine[:32], opaque.ID(), 1), nil)
		_, foreign, _ := b.do("nok", "GET", path+mine, nil)
		if code != http.StatusNotFound || same(absent) != same(foreign) {
			t.Errorf("%s: what is absent (%d) and what is not theirs look different", path, code)
		}
	}
	if board, _ := b.want(http.StatusOK, "nok", "GET", "/referrals", nil); strings.Contains(board, id) {
		t.Error("the board lists a referral of a case that nok may not see")
	}
}

// varying is what differs between any two answers: nonces and the ids that were asked for.
var varying = regexp.MustCompile(`nonce="[^"]*"|[0-9a-f]{32}`)

// The pages alone, from the case to the sent offer, and an offer to its outcome.
func TestReferralByPages(t *testing.T) {
	b := newBench(t)
	caseID := b.file()
	if body, _ := b.want(http.StatusOK, "dao", "GET", "/cases/"+caseID, nil); !strings.Contains(body, "/cases/"+caseID+"/refer") {
		t.Fatal("the case's page does not lead here")
	}
	bad := draftForm()
	bad.Del("needs")
	bad.Set("purpose", "อาซา")
	if body, _ := b.want(http.StatusUnprocessableEntity, "dao", "POST", "/cases/"+caseID+"/refer", bad); !strings.Contains(body, "f-needs-error") {
		t.Fatal("no word beside the field")
	}
	ranked := draftForm()
	ranked.Set("do", "rank")
	if body, _ := b.want(http.StatusOK, "dao", "POST", "/cases/"+caseID+"/refer", ranked); !strings.Contains(body, "มีบริการที่ขอ 1 จาก 1") {
		t.Fatal("the list is not ranked with reasons")
	}
	_, at := b.want(http.StatusSeeOther, "dao", "POST", "/cases/"+caseID+"/refer", draftForm())
	b.want(http.StatusSeeOther, "dao", "POST", at+"/submit", nil)
	b.want(http.StatusForbidden, "dao", "POST", at+"/approve", url.Values{"sha256": {"00"}})
	page, _ := b.want(http.StatusOK, "ying", "GET", at, nil)
	for _, word := range []string{"crossing-on", "crossing-off", "ส่งข้อเสนอแบบไม่ระบุตัวตนถึง องค์กร lpn", "มาเยอะ"} {
		if strings.Contains(page, word) != (word != "มาเยอะ") {
			t.Errorf("the approver's page and %q", word)
		}
	}
	title := regexp.MustCompile(`<title>[^<]*`).FindString(page)
	if title == "" || strings.Contains(title, "lpn") {
		t.Errorf("the page's title: %q", title)
	}
	hash := regexp.MustCompile(`name="sha256" value="([0-9a-f]{64})"`).FindStringSubmatch(page)
	if hash == nil {
		t.Fatal("the form does not carry the hash")
	}
	if body, _ := b.want(http.StatusConflict, "ying", "POST", at+"/approve", url.Values{"sha256": {strings.Repeat("0", 64)}}); !strings.Contains(body, hash[1]) {
		t.Fatal("a refused approval does not show the new preview")
	}
	b.want(http.StatusSeeOther, "ying", "POST", at+"/approve", url.Values{"sha256": {hash[1]}})
	if q := ok(b.mail.Queue(t.Context(), there+"/ap/org")); len(q) != 1 || q[0].Receipt.SHA256 != hash[1] {
		t.Fatalf("the outbox: %d", len(q))
	}
	b.want(http.StatusOK, "dao", "GET", at, nil)
	b.want(http.StatusConflict, "dao", "POST", at+"/submit", nil)
	b.want(http.StatusUnprocessableEntity, "dao", "POST", at+"/withdraw", nil)
	b.want(http.StatusSeeOther, "dao", "POST", at+"/withdraw", url.Values{"reason": {"resolved"}})
	b.want(http.StatusOK, "dao", "GET", "/referrals?over=1", nil)

	offer := "/offers/" + b.incoming()
	b.want(http.StatusOK, "ying", "GET", "/offers", nil)
	b.want(http.StatusUnprocessableEntity, "ying", "POST", offer+"/decline", url.Values{"reason": {"ไม่ว่าง"}})
	b.want(http.StatusSeeOther, "ying", "POST", offer+"/consider", url.Values{"expected": {"2026-12"}})
	b.want(http.StatusSeeOther, "ying", "POST", offer+"/accept", nil)
	b.want(http.StatusSeeOther, "nok", "POST", offer+"/progress", url.Values{"step": {"assistance"}, "next_update.day": {"20"},
		"next_update.month": {"12"}, "next_update.year": {"2569"}})
	b.want(http.StatusSeeOther, "nok", "POST", offer+"/hold", url.Values{"reason": {"waiting_office"}})
	b.want(http.StatusUnprocessableEntity, "nok", "POST", offer+"/complete", url.Values{"month": {"2026-11"}})
	b.want(http.StatusSeeOther, "nok", "POST", offer+"/complete", url.Values{"month": {"2026-11"}, "outcomes": {"number_card"}})
	b.want(http.StatusConflict, "nok", "POST", offer+"/fail", url.Values{"reason": {"moved"}})
	b.want(http.StatusOK, "nok", "GET", offer, nil)
	other := "/offers/" + b.incoming()
	b.want(http.StatusSeeOther, "ying", "POST", other+"/suggest", url.Values{"reason": {"better_elsewhere"}, "suggested": {"https://law.example/ap/org"}})
	b.want(http.StatusOK, "ying", "GET", "/offers?over=1", nil)
}
