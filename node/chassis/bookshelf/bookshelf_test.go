package bookshelf_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/chassis/bookshelf"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/database/dbtest"
	"github.com/saphan-network/saphan/node/clinic/library"
)

const (
	north  = "https://north.example/ap/org"
	labour = "https://labour.example/ap/org"
)

var hour = time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)

type shelf struct {
	t testing.TB
	*bookshelf.Store
	db *database.DB
}

func each(t *testing.T, f func(t *testing.T, s shelf)) {
	dbtest.Each(t, []database.Set{bookshelf.Migrations()}, func(t *testing.T, db *database.DB) { f(t, shelf{t, bookshelf.New(db), db}) })
}

func (s shelf) put(l library.Lesson) bool {
	s.t.Helper()
	fresh := false
	s.tx(func(ctx context.Context) (err error) { fresh, err = s.Put(ctx, l); return err })
	return fresh
}

func (s shelf) tx(f func(ctx context.Context) error) {
	s.t.Helper()
	if err := s.db.Within(context.Background(), f); err != nil {
		s.t.Fatal(err)
	}
}

func (s shelf) found(q library.Query) []string {
	s.t.Helper()
	r, err := s.Search(context.Background(), q)
	if err != nil {
		s.t.Fatal(err)
	}
	var out []string
	for _, l := range r.Lessons {
		out = append(out, strings.TrimPrefix(l.IRI, "https://north.example/ap/lesson/"))
	}
	return out
}

func lesson(id string, revision int, t library.Text) library.Lesson {
	return library.Lesson{IRI: "https://north.example/ap/lesson/" + id, Author: north, Revision: revision, Text: t, First: hour, Since: hour}
}

func th(s string) library.Words { return library.Words{TH: s} }

func birth() library.Text {
	return library.Text{Title: library.Words{TH: "ใบรับแจ้งเกิดที่โรงพยาบาลไม่ออก", EN: "The hospital gave no birth notice"}, Problem: th("แม่คลอดที่บ้าน ไม่มี ท.ร.1/1"),
		Tried: th("พาพยานสองคนไปอำเภอ"), Laws: []library.Law{{Name: th("พ.ร.บ.การทะเบียนราษฎร"), Date: "2019-04-15"}}, Issue: "birth_not_registered", Region: "north"}
}

func wage() library.Text {
	return library.Text{Title: th("ค่าจ้างค้างจ่ายบนเรือประมง"), Problem: th("นายจ้างยึดเอกสารของแรงงาน"), Tried: th("นัดนายจ้างที่อำเภอ"), Issue: "unpaid_wage", Region: "central"}
}

func TestWhatIsNotFound(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		if got := s.found(library.Query{Words: "เกิด"}); got != nil {
			t.Errorf("an empty library has %v", got)
		}
		s.put(lesson("a", 1, birth()))
		for _, q := range []library.Query{{Words: "เรือประมง"}, {Words: "พยานสามคน"}, {Words: "เกิด เรือ"}, {Words: "birth", Facets: library.Facets{Region: "south"}}, {Words: "ขฃค"},
			{Words: "แจ้งเกิดที่อำเภอ"}, {Words: "ิก"}, {Words: "%"}, {Words: "โรงพยาบาล", Not: "https://north.example/ap/lesson/a"}} {
			if got := s.found(q); got != nil {
				t.Errorf("%+v finds %v", q, got)
			}
		}
		if _, err := s.Get(context.Background(), library.PageID("x")); !fault.Is(err, fault.NotFound) {
			t.Errorf("what is not there: %v", err)
		}
	})
}

func TestWhatIsFound(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		s.put(lesson("a", 1, birth()))
		s.put(lesson("b", 1, wage()))
		later := wage()
		later.Title, later.Problem = th("เด็กในโรงเรียน"), th("เกิดที่บ้าน")
		s.put(lesson("c", 1, later))
		for _, c := range []struct {
			q    library.Query
			want []string
		}{
			{library.Query{}, []string{"c", "b", "a"}},
			{library.Query{Words: "เกิด"}, []string{"a", "c"}}, // the title first
			{library.Query{Words: "โรงพยาบาล"}, []string{"a"}},
			{library.Query{Words: "HOSPITAL birth"}, []string{"a"}},
			{library.Query{Words: "อำเภอ"}, []string{"c", "b", "a"}},
			{library.Query{Words: "อำเภอ", Facets: library.Facets{Region: "north"}}, []string{"a"}},
			{library.Query{Facets: library.Facets{Issue: "unpaid_wage"}}, []string{"c", "b"}},
			{library.Query{Facets: library.Facets{Author: north}, Size: 2, Page: 2}, []string{"a"}},
			{library.Query{Words: "ทะเบียนราษฎร"}, []string{"a"}},
			{library.Query{Words: "ท.ร.๑/๑"}, []string{"a"}},
			{library.Query{Words: "แม่คลอดที่บ้าน เกิดที่บ้าน", Any: true, Not: "https://north.example/ap/lesson/a", Facets: library.Facets{Issue: "unpaid_wage"}, Size: 1}, []string{"c"}},
			{library.Query{Words: "นายจ้างยึดบัตรของลูกเรือ", Any: true, Facets: library.Facets{Issue: "unpaid_wage"}, Size: 1}, []string{"b"}},
		} {
			if diff := cmp.Diff(c.want, s.found(c.q)); diff != "" {
				t.Errorf("%+v:\n%s", c.q, diff)
			}
		}
		r, err := s.Search(context.Background(), library.Query{Words: "อำเภอ", Facets: library.Facets{Region: "north"}})
		if err != nil || r.Counts["region"]["central"] != 2 || r.Counts["region"]["north"] != 1 || r.Counts["issue"]["unpaid_wage"] != 0 || r.Total != 1 || !r.Exact {
			t.Errorf("%+v, %v", r, err)
		}
		s.tx(s.Rebuild)
		if got := s.found(library.Query{Words: "เกิด"}); !slices.Equal(got, []string{"a", "c"}) {
			t.Errorf("after the index was made new: %v", got)
		}
	})
}

func TestVersions(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		ctx := context.Background()
		first, second := birth(), birth()
		second.Title, second.Worked = th("พยานสองคนก็พอ"), th("อำเภอรับ")
		if !s.put(lesson("a", 1, first)) || !s.put(lesson("a", 3, second)) {
			t.Fatal("a new version is no news")
		}
		stolen := lesson("a", 9, wage())
		stolen.Author = labour
		for what, l := range map[string]library.Lesson{"the same again": lesson("a", 3, second), "an older one": lesson("a", 2, wage()), "another's": stolen} {
			if s.put(l) {
				t.Errorf("%s is news", what)
			}
		}
		if got := s.found(library.Query{Words: "โรงพยาบาลไม่ออก"}); got != nil {
			t.Errorf("a former version is found: %v", got)
		}
		if got := s.found(library.Query{Words: "อำเภอรับ"}); !slices.Equal(got, []string{"a"}) {
			t.Errorf("the new version: %v", got)
		}
		l, err := s.Get(ctx, library.PageID("https://north.example/ap/lesson/a"))
		if err != nil || l.Revision != 3 || l.State != library.Current || cmp.Diff(second, l.Text) != "" {
			t.Errorf("%+v, %v", l, err)
		}
		v, err := s.Versions(ctx, l.ID)
		if err != nil || len(v) != 1 || v[0].Revision != 1 || cmp.Diff(first, v[0].Text) != "" {
			t.Errorf("%+v, %v", v, err)
		}
		passed := lesson("a", 3, second)
		passed.PassedOn = hour
		s.put(passed)
		if l, err = s.Get(ctx, l.ID); err != nil || !l.PassedOn.Equal(hour) {
			t.Errorf("passed on: %+v, %v", l, err)
		}
	})
}

func TestWhatWasTakenBack(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		ctx := context.Background()
		iri := "https://north.example/ap/lesson/a"
		s.put(lesson("a", 1, birth()))
		s.put(lesson("a", 2, birth()))
		said := library.Remark{IRI: labour + "/1", Lesson: iri, About: iri, Author: labour, Kind: library.Trial, Result: "worked", Text: th("ทำตามแล้วได้"), At: hour}
		s.tx(func(ctx context.Context) error { _, err := s.AddRemark(ctx, said); return err })
		if l, err := s.Get(ctx, library.PageID(iri)); err != nil || l.Worked != 1 {
			t.Errorf("%+v, %v", l, err)
		}
		s.tx(func(ctx context.Context) error { return s.Retract(ctx, iri, labour, "wrong", hour) })
		if l, _ := s.Get(ctx, library.PageID(iri)); l.State != library.Current {
			t.Error("another has taken it back")
		}
		s.tx(func(ctx context.Context) error { return s.Retract(ctx, iri, north, "recognisable", hour) })
		if s.put(lesson("a", 3, birth())) {
			t.Error("it is put back")
		}
		s.tx(func(ctx context.Context) error {
			if fresh, err := s.AddRemark(ctx, said); fresh || err != nil {
				t.Errorf("something is said about it: %v", err)
			}
			return nil
		})
		l, err := s.Get(ctx, library.PageID(iri))
		if err != nil || l.State != library.Retracted || l.Reason != "recognisable" || cmp.Diff(library.Text{}, l.Text) != "" || l.Worked != 0 {
			t.Errorf("%+v, %v", l, err)
		}
		if v, err := s.Versions(ctx, l.ID); err != nil || len(v) != 0 {
			t.Errorf("versions of it: %v, %v", v, err)
		}
		if r, err := s.Remarks(ctx, iri); err != nil || len(r) != 0 {
			t.Errorf("remarks about it: %v, %v", r, err)
		}
		if got := s.found(library.Query{Words: "โรงพยาบาล"}); got != nil {
			t.Errorf("it is found: %v", got)
		}
		never := "https://north.example/ap/lesson/never"
		s.tx(func(ctx context.Context) error { return s.Retract(ctx, never, north, "wrong", hour) })
		if s.put(lesson("never", 1, birth())) {
			t.Error("what was taken back before it came is put here")
		}
	})
}

// BenchmarkSearch looks for things among 20,000 lessons of some 1,500 letters, and
// says how long the slowest twentieth takes.
func BenchmarkSearch(b *testing.B) {
	for name, db := range map[string]func() *database.DB{
		"sqlite":   func() *database.DB { return dbtest.SQLite(b, bookshelf.Migrations()) },
		"postgres": func() *database.DB { return dbtest.Postgres(b, bookshelf.Migrations()) },
	} {
		b.Run(name, func(b *testing.B) {
			d := db()
			s := shelf{b, bookshelf.New(d), d}
			fill(b, s, 20_000)
			queries := []library.Query{{}, {Words: "สัญชาติ"}, {Words: "พยาน อำเภอ"}, {Words: "หนังสือรับรองการเกิด"}, {Words: "ค่าจ้าง", Facets: library.Facets{Region: "central"}},
				{Facets: library.Facets{Issue: "unpaid_wage", Region: "north"}}, {Words: "ใบอนุญาตทำงาน นายจ้าง", Page: 3}, {Words: "ผลตรวจสายเลือดของเด็ก", Any: true, Size: 5}}
			var took []time.Duration
			b.ResetTimer()
			for i := range b.N {
				at := time.Now()
				if _, err := s.Search(context.Background(), queries[i%len(queries)]); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(at))
			}
			sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
		})
	}
}

// fill puts made-up lessons on the shelf.
func fill(b *testing.B, s shelf, n int) {
	b.Helper()
	words := strings.Fields(`สัญชาติ ทะเบียน อำเภอ พยาน หนังสือรับรอง การเกิด ใบอนุญาต ทำงาน นายจ้าง ค่าจ้าง ค้างจ่าย เรือ ประมง โรงเรียน ครู เด็ก แม่ พ่อ ผู้ใหญ่บ้าน หมอตำแย
		ผลตรวจ สายเลือด คำร้อง ไม่รับ ลงรับ ไปรษณีย์ ทวงถาม ศาล ปกครอง ทนาย ล่าม เอกสาร ยึด คืน บัตร เลข สิบสามหลัก ตรวจสอบ ระเบียบ กฎหมาย คำสั่ง มติ ประชุม แจ้ง ย้าย เพิ่มชื่อ
		บ้าน ดอย หมู่บ้าน จังหวัด ภาค เหนือ ใต้ กลาง อีสาน ปี เดือน วัน ครอบครัว รุ่น ลูก หลาน ยาย ตา สถานะ บุคคล สิทธิ รักษา โรงพยาบาล สาธารณสุข แรงงาน ข้ามชาติ`)
	rng := rand.New(rand.NewPCG(1, 2))
	text := func(n int) string {
		var t strings.Builder
		for range n {
			t.WriteString(words[rng.IntN(len(words))])
			if rng.IntN(8) == 0 {
				t.WriteByte(' ')
			}
		}
		return t.String()
	}
	issues, regions := []string{"unpaid_wage", "birth_not_registered", "access_education", "thai_omitted"}, []string{"north", "central", "south"}
	s.tx(func(ctx context.Context) error {
		var all []library.Lesson
		for i := range n {
			l := lesson(fmt.Sprint(i), 1, library.Text{Title: th(text(6)), Problem: th(text(80)), Tried: th(text(80)), Worked: th(text(60)), Limits: th(text(30)),
				Issue: issues[rng.IntN(len(issues))], Region: regions[rng.IntN(len(regions))]})
			all = append(all, l)
		}
		if err := s.Fill(ctx, all); err != nil {
			return err
		}
		return s.Rebuild(ctx)
	})
}

// TestALawThatHasChanged: whoever rests on a newer version of a law has the lessons that
// rest on an older one looked at again, whichever came first; a new version that rests on
// it is current.
func TestALawThatHasChanged(t *testing.T) {
	each(t, func(t *testing.T, s shelf) {
		ctx := context.Background()
		state := func(id string, want library.State, changed string) {
			t.Helper()
			l, err := s.Get(ctx, library.PageID("https://north.example/ap/lesson/"+id))
			if err != nil || l.State != want || len(l.Changed) != truthOf(changed != "") || changed != "" && l.Changed[0].Date != changed {
				t.Errorf("%s: %+v, %v", id, l, err)
			}
		}
		newer, other := birth(), wage()
		newer.Title, newer.Laws = th("แจ้งเกิดแบบใหม่"), []library.Law{{Name: th("พ.ร.บ. การทะเบียนราษฎร"), Date: "2026-10-01"}}
		other.Laws = []library.Law{{Name: th("พ.ร.บ.คุ้มครองแรงงาน"), Date: "2008-01-01"}}
		older := birth()
		older.Laws = []library.Law{{Name: th("พ.ร.บ. การทะเบียนราษฎร"), Date: "2019-04-15"}}
		s.put(lesson("old", 1, older))
		s.put(lesson("other", 1, other))
		state("old", library.Current, "")
		s.put(lesson("new", 1, newer))
		s.put(lesson("late", 1, older))
		state("old", library.Review, "2026-10-01")
		state("late", library.Review, "2026-10-01")
		state("new", library.Current, "")
		state("other", library.Current, "")
		older.Laws = newer.Laws
		s.put(lesson("old", 2, older))
		state("old", library.Current, "")
		s.tx(func(ctx context.Context) error {
			for date, want := range map[string]int{"2020-01-01": 0, "2026-10-01": 0} {
				if n, err := s.LawChanged(ctx, library.Law{Name: th("พ.ร.บ. การทะเบียนราษฎร"), Date: date}); err != nil || n != want {
					t.Errorf("%s: %d marked, %v", date, n, err)
				}
			}
			n, err := s.LawChanged(ctx, library.Law{Name: th("พ.ร.บ. การทะเบียนราษฎร"), Date: "2027-01-01"})
			if err != nil || n != 3 {
				t.Errorf("%d marked, %v", n, err)
			}
			return nil
		})
		state("new", library.Review, "2027-01-01")
		state("other", library.Current, "")
	})
}

func truthOf(b bool) int {
	if b {
		return 1
	}
	return 0
}
