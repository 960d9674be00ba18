package counts

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The attacker knows the program and all tables, and takes the whole from the parts:
// the quarters of a region (A) less the provinces of it that are shown (B) leaves the
// provinces that are not. It must do no better than saying the middle of what "few"
// can mean; and where it says a number, it must be wrong nearly always.
func TestSubtractingTablesRecoversNoCell(t *testing.T) {
	a, b := shape(t, "A"), shape(t, "B")
	attack, guess, exact, tried := 0.0, 0.0, 0, 0
	for seed := range uint64(300) {
		records := world(rand.New(rand.NewPCG(seed, 1)))
		year := made(t, b, "2025", records)
		var quarters []Table
		for q := 1; q <= 4; q++ {
			quarters = append(quarters, made(t, a, fmt.Sprintf("2025-Q%d", q), records))
		}
		for _, family := range []string{"zero_card", "registered_6", "none", "child_7"} {
			whole := 0
			for _, q := range quarters {
				for _, age := range []string{Minor, Adult} {
					c, _ := q.Cell("north", age, family)
					whole += c.Value
				}
			}
			var few []string
			for _, p := range []string{"57", "50", "58", "63"} {
				c, _ := year.Cell(p, family)
				whole -= c.Value
				if c.Mark == Few {
					few = append(few, p)
				}
			}
			if len(few) != 1 {
				continue
			}
			truth := 0
			for _, r := range records {
				if r.Values["province"] == few[0] && r.Values["status_family"] == family {
					truth++
				}
			}
			said := float64(min(max(whole, 0), Threshold-1))
			tried++
			attack += math.Abs(said - float64(truth))
			guess += math.Abs(float64(Threshold-1)/2 - float64(truth))
			if int(said) == truth {
				exact++
			}
		}
	}
	if tried < 40 {
		t.Fatalf("only %d cells to attack", tried)
	}
	if attack < guess || exact*4 > tried {
		t.Errorf("of %d cells: mean error %.2f by subtraction, %.2f by guessing, exact %d", tried, attack/float64(tried), guess/float64(tried), exact)
	}
}

// Two organisations that are alike but for one person: seeing the table, nobody can
// tell which it is from. Over all sizes the figure of n and of n+1 people is the same
// in most cases, and where it differs it does so in both directions.
func TestOnePersonMoreIsNotSeen(t *testing.T) {
	c := shape(t, "C")
	v := map[string]string{"status_family": "none"}
	up, down, same := 0, 0, 0
	for seed := range 40 {
		for n := Threshold; n < 40; n++ {
			prefix := fmt.Sprint("s", seed)
			x, _ := made(t, c, "2025-03", people(n, "2025-03-03", prefix, v)).Cell("none")
			y, _ := made(t, c, "2025-03", people(n+1, "2025-03-03", prefix, v)).Cell("none")
			switch {
			case y.Value > x.Value:
				up++
			case y.Value < x.Value:
				down++
			default:
				same++
			}
		}
	}
	if down*3 < up || same < up/2 {
		t.Errorf("one person more: up %d, down %d, the same %d", up, down, same)
	}
}

// Asking again, in another order, after others have come and gone, or for a table cut
// in another way averages nothing out.
func TestAskingAgainGivesTheSame(t *testing.T) {
	c := shape(t, "C")
	records := people(23, "2025-03-03", "x", map[string]string{"status_family": "none"})
	first := made(t, c, "2025-03", records)
	for range 50 {
		rand.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		again, fresh, err := Make([]Table{first}, c, period(t, "2025-03"), records[:rand.IntN(len(records))], secret, period(t, "2025-03").Closing())
		if err != nil || fresh || want(t, again, first.Cells[0].Mark, first.Cells[0].At...) != first.Cells[0].Value {
			t.Fatalf("another answer: %+v %v", again, err)
		}
	}
	for _, moved := range []string{"2025-Q1", "2025"} {
		if _, err := Plan(nil, c, period(t, moved), period(t, "2025").Closing()); err == nil {
			t.Errorf("shape C over %s", moved)
		}
	}
}

// Totals are sums of what is shown: the whole less its shown parts is nothing.
func TestTotalsHideNothing(t *testing.T) {
	for seed := range uint64(30) {
		table := made(t, shape(t, "B"), "2025", world(rand.New(rand.NewPCG(seed, 2))))
		whole, more := table.Total()
		for _, p := range shape(t, "B").Dims[0].Codes {
			part, _ := table.Total(p)
			whole -= part
		}
		if whole != 0 || !more {
			t.Fatalf("the total is %d more than its parts, more %v", whole, more)
		}
	}
	if sum, more := (Table{}).Total("57"); sum != 0 || more {
		t.Error("the total of nothing")
	}
}
