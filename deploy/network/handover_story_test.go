package network_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/fedtest"
	"github.com/saphan-network/saphan/node/clinic/referral"
)

// TestHandoverStory plays stage 2 in Thai, at two organisations: from the accepted offer
// to the opened hand-over, then the withdrawal and the proof of erasure on the client's
// paper. What was written never crosses in clear.
func TestHandoverStory(t *testing.T) {
	if testing.Short() {
		t.Skip("a browser story")
	}
	tap, log, dir := &fedtest.Tap{}, &lines{}, t.TempDir()
	n := start(t, network.Options{Dir: dir, Wrap: tap.Record, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	t.Cleanup(func() { stop(t, n) })
	north, other := n.Server("chiangrai"), n.Server("defenders")
	worker := sit(t, north, "caseworker", "th", 360, 780)
	boss := sit(t, north, "supervisor", "th", 1280, 900)
	helper := sit(t, other, "caseworker", "th", 360, 780)

	// The demo's referral that the other organisation works on, without a hand-over yet.
	rs, err := north.Node.Sender.Store.List(t.Context(), referral.Filter{States: []referral.State{referral.StateInService}})
	if err != nil {
		t.Fatal(err)
	}
	var r referral.Referral
	for _, one := range rs {
		if one.Form.Target == other.Actor && len(one.Form.Needs) == 1 && one.Form.Kind == "consult" {
			r = one
		}
	}
	o, err := other.Node.Receiver.Store.ByOffer(t.Context(), r.Envelope.Activity)
	if err != nil {
		t.Fatal(err)
	}
	out, in := "/referrals/"+r.ID, "/offers/"+o.ID
	client := northClient(t, north, r.CaseID)

	// Asked, by who will open it.
	helper.open(in + "/handover")
	helper.shoot("1-ask")
	me, err := other.As(t.Context(), "caseworker")
	if err != nil {
		t.Fatal(err)
	}
	helper.tick("named", me.UserID)
	if got := helper.do("/handover/ask"); !strings.Contains(got, "ขอไปแล้ว รอคำตอบ") {
		t.Fatalf("asked, and: %q", got)
	}

	// The client agrees; it is prepared; the second person sees every word and approves.
	worker.until(out+"/handover", "คุยกับเจ้าของปัญหา")
	worker.shoot("2-agree")
	worker.tick("medium", "thumbprint")
	worker.tick("language", "th")
	if worker.has(`input[name=guardian]`) {
		eval[bool](t, worker.ctx, `document.querySelector('input[name=guardian]').value = "ญาติผู้ปกครอง", true`)
	}
	worker.do("/handover/agree")
	worker.shoot("3-prepare")
	const contact, need = "ถามหาที่ร้านค้าหน้าโรงเรียน", "ขอให้ไปเป็นเพื่อนที่สำนักทะเบียน"
	write := func(words string) {
		eval[bool](t, worker.ctx, `document.querySelector('textarea[name=contact]').value = "`+words+`", document.querySelector('textarea[name=needs_text]').value = "`+need+`", true`)
	}
	write("โทร 080-000-1122")
	if got := worker.do("/handover/prepare"); !strings.Contains(got, "ซึ่งห้ามออก") {
		t.Fatalf("a telephone in it, and: %q", got)
	}
	worker.shoot("3-prepare-wrong")
	write(contact)
	if got := worker.do("/handover/prepare"); !strings.Contains(got, "รอคนที่สองอนุมัติ") || worker.has(`form[action$="/handover/approve"]`) {
		t.Fatalf("prepared, and: %q", got)
	}
	if got := boss.open("/"); !strings.Contains(got, "ส่งมอบข้อมูลให้") {
		t.Errorf("the supervisor's work does not have it: %q", got)
	}
	if got := boss.open(out + "/handover"); !strings.Contains(got, contact) || !strings.Contains(got, client) {
		t.Fatalf("the second person does not see what is sealed: %q", got)
	}
	boss.shoot("4-approve")
	boss.do("/handover/approve")

	// It comes, and only who is named opens it.
	helper.until(in+"/handover", "เปิดซอง")
	helper.shoot("5-come")
	stranger := sit(t, other, "supervisor", "th", 360, 780)
	if stranger.open(in + "/handover"); stranger.has(`form[action$="/handover/open"]`) {
		t.Error("a supervisor who is not named may open it")
	}
	helper.do("/handover/open")
	helper.shoot("6-opened")
	if got := helper.open(helper.href("/cases/", "")); !strings.Contains(got, "รับมอบแบบปิดผนึก") {
		t.Errorf("the case does not say where it came from: %q", got)
	}
	helper.shoot("6-case")
	worker.until(out+"/handover", "เปิดแล้ว")

	// The client changes their mind: one click, and the proof is on the paper.
	worker.shoot("7-recall")
	worker.do("/handover/recall")
	got := worker.until(out+"/handover", "หลักฐานยืนยันการลบ")
	for _, want := range []string{"แฟ้มเคสทั้งแฟ้ม", "เจ้าของปัญหาถอนความยินยอม", "ปฏิบัติตามกฎหมาย"} {
		if !strings.Contains(got, want) {
			t.Errorf("the proof does not say %q", want)
		}
	}
	worker.shoot("8-proof")
	if got := helper.until(in+"/handover", "เราลบแล้ว"); strings.Contains(got, contact) {
		t.Error("the other organisation still shows it")
	}
	helper.shoot("8-erased")
	worker.open(out)
	if got := worker.do("/receipt"); !strings.Contains(got, "สิ่งที่ส่งมอบแบบปิดผนึก") || !strings.Contains(got, "ลบแล้ว มีหลักฐาน") {
		t.Errorf("the paper does not say it: %q", got)
	}
	worker.shoot("9-paper")
	packages := 0
	for _, x := range tap.All() {
		if !fromServer(x.Path) {
			continue // browsers show it to who may read it
		}
		if bytes.Contains(x.Request, []byte(`"SealedPackage"`)) {
			packages++
		}
		for _, word := range []string{contact, need, client} {
			if bytes.Contains(x.Request, []byte(word)) || bytes.Contains(x.Response, []byte(word)) {
				t.Errorf("%s %s at %s carries it in clear", x.Method, x.Path, x.To)
			}
		}
	}
	if packages == 0 {
		t.Error("no sealed package has crossed: nothing is proved")
	}
	keptBy(t, n.Server("hub"), dir, "sqlite", north.Actor, contact, need, client, r.Envelope.Reference)
	for _, word := range []string{contact, need, client} {
		if strings.Contains(log.String(), word) {
			t.Error("a value of the hand-over is logged")
		}
	}
}

// northClient is the family name of a case's client.
func northClient(t *testing.T, s *network.Server, caseID string) string {
	t.Helper()
	c, err := s.Node.Cases.Cases.Get(t.Context(), caseID)
	if err != nil {
		t.Fatal(err)
	}
	p := c.Client()
	if p.Family != "" {
		return p.Family
	}
	return p.Given
}
