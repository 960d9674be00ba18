package network_test

import (
	"context"
	"strings"
	"testing"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/node/clinic/lesson"
	"github.com/saphan-network/saphan/node/clinic/library"
)

func actor(t *testing.T, s *network.Server, login string) clinic.Actor {
	t.Helper()
	a, err := s.As(t.Context(), login)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func lessonText() library.Text {
	return library.Text{Title: library.Words{TH: "ขอให้ลงรับทุกครั้ง", EN: "Ask for the receipt stamp"}, Problem: library.Words{TH: "เจ้าหน้าที่ไม่ลงรับคำร้อง"}, Tried: library.Words{TH: "ส่งคำร้องทางไปรษณีย์ตอบรับ"},
		Worked: library.Words{TH: "สำนักทะเบียนลงรับตั้งแต่ครั้งแรก"}, Laws: []library.Law{{Name: library.Words{TH: "พระราชบัญญัติวิธีปฏิบัติราชการทางปกครอง"}, Date: "2019-05-27"}},
		Issue: "birth_not_registered", Office: "registry", Region: "north", Evidence: "several_cases"}
}

// read has a lesson read by two and returns the hash of what would leave.
func read(t *testing.T, s *network.Server, id string) string {
	t.Helper()
	ctx := t.Context()
	v := show(t, s, "caseworker", id)
	ok(t, s.Node.Lessons.Submit(ctx, actor(t, s, "caseworker"), id, v.Version))
	ok(t, s.Node.Lessons.Read(ctx, actor(t, s, "lawyer"), id, 0, false))
	ok(t, s.Node.Lessons.Read(ctx, actor(t, s, "network"), id, 0, true))
	return show(t, s, "supervisor", id).Preview.SHA256
}

func show(t *testing.T, s *network.Server, login, id string) lesson.View {
	t.Helper()
	v, err := s.Node.Lessons.Show(t.Context(), actor(t, s, login), id)
	ok(t, err)
	return v
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func find(t *testing.T, s *network.Server, login, words string) []library.Lesson {
	t.Helper()
	var r library.Result
	var err error
	if s.Hub != nil {
		r, err = s.Hub.Library.Search(t.Context(), actor(t, s, login), library.Query{Words: words})
	} else {
		r, err = s.Node.Library.Search(t.Context(), actor(t, s, login), library.Query{Words: words})
	}
	ok(t, err)
	return r.Lessons
}

// TestALessonsLife: written at one node, read by two, released, passed on by the hub
// as it was said, found and tried at another, changed, and taken back everywhere.
func TestALessonsLife(t *testing.T) {
	eachDatabase(t, func(t *testing.T, db string) {
		n := start(t, network.Options{Dir: t.TempDir(), Database: db, Bare: true})
		defer func() { ok(t, n.Close()) }()
		ctx := context.Background()
		hub, north, labour := n.Server("hub"), n.Server("chiangrai"), n.Server("samutsakhon")
		writer, boss := actor(t, north, "caseworker"), actor(t, north, "supervisor")
		id, err := north.Node.Lessons.Begin(ctx, writer, "")
		ok(t, err)
		first := lessonText()
		first.Problem.TH += " ผู้ร้องชื่อนายสมชาย ใจสาธิต โทร 081-000-0000"
		ok(t, north.Node.Lessons.Edit(ctx, writer, id, 1, first))
		v := show(t, north, "caseworker", id)
		if v.Open < 2 {
			t.Fatalf("the anonymiser has found %+v", v.Findings)
		}
		if err := north.Node.Lessons.Submit(ctx, writer, id, v.Version); !fault.Is(err, fault.Conflict) {
			t.Fatalf("submitted with findings: %v", err)
		}
		for _, f := range v.Findings {
			if f.Must && north.Node.Lessons.Settle(ctx, writer, id, 0, f.Key, true) == nil {
				t.Errorf("%s was left", f.Kind)
			}
			ok(t, north.Node.Lessons.Settle(ctx, writer, id, 0, f.Key, false))
		}
		if err := north.Node.Lessons.Read(ctx, writer, id, 0, true); err == nil {
			t.Error("the writer reads what they wrote")
		}
		sum := read(t, north, id)
		if north.Node.Lessons.Release(ctx, boss, id, strings.Repeat("0", 64)) == nil || north.Node.Lessons.Release(ctx, writer, id, sum) == nil {
			t.Error("released unseen, or by its writer")
		}
		ok(t, north.Node.Lessons.Release(ctx, boss, id, sum))
		ok(t, n.Share(ctx))
		for _, s := range []*network.Server{hub, north, labour, n.Server("defenders")} {
			login := "caseworker"
			if s.Hub != nil {
				login = "secretary"
			}
			got := find(t, s, login, "ไปรษณีย์ตอบรับ")
			if len(got) != 1 || got[0].Author != north.Actor || got[0].Revision != 1 || strings.Contains(got[0].Text.Problem.TH, "สมชาย") || len(got[0].Text.Laws) != 1 {
				t.Fatalf("%s has %+v", s.Key, got)
			}
		}
		page := find(t, labour, "caseworker", "ลงรับ")[0]
		if mine := find(t, north, "caseworker", "ลงรับ")[0]; !mine.Own || mine.PassedOn.IsZero() {
			t.Errorf("at its author's: %+v", mine)
		}

		// another member has tried it
		rid, err := labour.Node.Lessons.Say(ctx, actor(t, labour, "caseworker"), lesson.Remark{Lesson: page.IRI, About: page.IRI, Kind: library.Trial, Result: "partly",
			Text: library.Words{TH: "ที่นี่ต้องไปสองครั้ง"}})
		ok(t, err)
		rv, err := labour.Node.Lessons.ShowRemark(ctx, actor(t, labour, "lawyer"), rid)
		ok(t, err)
		if labour.Node.Lessons.ReleaseRemark(ctx, actor(t, labour, "caseworker"), rid, rv.Preview.SHA256) == nil {
			t.Error("a remark released by its writer")
		}
		ok(t, labour.Node.Lessons.ReleaseRemark(ctx, actor(t, labour, "lawyer"), rid, rv.Preview.SHA256))
		ok(t, n.Share(ctx))
		for _, s := range []*network.Server{north, labour} {
			got, err := s.Node.Library.Show(ctx, actor(t, s, "caseworker"), page.ID)
			ok(t, err)
			if got.Partly != 1 || len(got.Remarks) != 1 || got.Remarks[0].Author != labour.Actor || got.Remarks[0].Text.TH != "ที่นี่ต้องไปสองครั้ง" {
				t.Errorf("%s has %+v", s.Key, got)
			}
		}

		// a new version
		second := lessonText()
		second.Worked.TH = "สำนักทะเบียนสองแห่งลงรับ"
		ok(t, north.Node.Lessons.Edit(ctx, writer, id, 0, second))
		ok(t, north.Node.Lessons.Release(ctx, boss, id, read(t, north, id)))
		ok(t, n.Share(ctx))
		got, err := labour.Node.Library.Show(ctx, actor(t, labour, "caseworker"), page.ID)
		ok(t, err)
		if got.Revision != 2 || len(got.Versions) != 1 || got.Partly != 1 || got.Text.Worked.TH != second.Worked.TH {
			t.Errorf("the new version: %+v", got)
		}

		// taken back
		if north.Node.Lessons.Retract(ctx, writer, id, "wrong") == nil || north.Node.Lessons.Retract(ctx, boss, id, "because") == nil {
			t.Error("taken back by who may not, or for no reason")
		}
		ok(t, north.Node.Lessons.Retract(ctx, boss, id, "recognisable"))
		ok(t, n.Share(ctx))
		for _, s := range []*network.Server{hub, labour, north} {
			login := "caseworker"
			if s.Hub != nil {
				login = "secretary"
			}
			if got := find(t, s, login, "ลงรับ"); len(got) != 0 {
				t.Errorf("%s still has %+v", s.Key, got)
			}
		}
		got, err = labour.Node.Library.Show(ctx, actor(t, labour, "caseworker"), page.ID)
		ok(t, err)
		if got.State != library.Retracted || got.Reason != "recognisable" || got.Text.Title.TH != "" || len(got.Remarks) != 0 {
			t.Errorf("the tombstone: %+v", got)
		}
	})
}
