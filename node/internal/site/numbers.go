package site

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/node/clinic/referral"
	"github.com/saphan-network/saphan/web/nodeui"
	"github.com/saphan-network/saphan/web/ui"
)

// spans are for how long back one may count, in months; "all" has no end.
var spans = map[string]int{"3": 3, "12": 12, "all": 0}

// numbers shows what became of the offers, in numbers and without names.
func (h *Referrals) numbers(c *gin.Context) error {
	span := c.DefaultQuery("months", "12")
	months, known := spans[span]
	if !known {
		return fault.Missing()
	}
	var since time.Time
	if months > 0 {
		since = h.Now().AddDate(0, -months, 0)
	}
	tallies, err := h.Read.Numbers(c.Request.Context(), actorOf(h.app, c), since)
	if err != nil {
		return err
	}
	page := nodeui.ReferralNumbersPage{Span: span, All: tallyRow(tallies[0])}
	for _, t := range tallies[1:] {
		page.Members = append(page.Members, tallyRow(t))
	}
	return h.app.Show(c, http.StatusOK, "numbers.title", page)
}

func tallyRow(t referral.Tally) nodeui.ReferralTally {
	share := func(n, of int) ui.Text {
		if of == 0 {
			return ui.T("numbers.none")
		}
		return ui.T("numbers.of", "n", n, "of", of)
	}
	return nodeui.ReferralTally{Name: t.Member.Name, Gone: t.Member.Gone, Offered: t.Offered, InTime: share(t.InTime, t.Offered), Accepted: share(t.Accepted, t.Offered),
		Declined: t.Declined, Silent: t.Silent, Withdrawn: t.Withdrawn, Known: share(t.Known, t.Accepted), Confirmed: share(t.Confirmed, t.Known)}
}
