package staffweb

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"

	"github.com/gin-gonic/gin"

	"github.com/saphan-network/saphan/node/chassis/audit"
	"github.com/saphan-network/saphan/web/staffui"
)

const ledgerPage = 50

func (p *Pages) ledger(c *gin.Context) error {
	ctx := c.Request.Context()
	page, number := staffui.LedgerPage{Act: c.Query("act"), Outcome: c.Query("outcome")}, 1
	if v, perr := strconv.Atoi(c.Query("page")); perr == nil && v > 1 && v < 1e6 {
		number = v
	}
	acts, err := p.cfg.Ledger.Acts(ctx)
	if err != nil {
		return err
	}
	page.Acts = staffui.Choices(acts)
	entries, err := p.cfg.Ledger.List(ctx, audit.Filter{Act: page.Act, Outcome: page.Outcome, Offset: (number - 1) * ledgerPage, Limit: ledgerPage + 1})
	if err != nil {
		return err
	}
	verify := p.cfg.Ledger.VerifyNew
	if slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Altered }) {
		verify = p.cfg.Ledger.Verify // an old line was changed, and this page would show it
	}
	var broken *audit.Broken
	page.Checked, err = verify(ctx)
	if err != nil && !errors.As(err, &broken) {
		return err
	}
	page.Whole = err == nil
	if len(entries) > ledgerPage {
		entries, page.Older = entries[:ledgerPage], ledgerURL(page, number+1)
	}
	if number > 1 {
		page.Newer = ledgerURL(page, number-1)
	}
	names, err := p.names(c)
	if err != nil {
		return err
	}
	for _, e := range entries {
		page.Lines = append(page.Lines, line(e, names))
	}
	return p.cfg.App.Show(c, http.StatusOK, "ledger.title", page)
}

func ledgerURL(p staffui.LedgerPage, page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	if p.Act != "" {
		q.Set("act", p.Act)
	}
	if p.Outcome != "" {
		q.Set("outcome", p.Outcome)
	}
	return "/ledger?" + q.Encode()
}

// names are our own people by id, so that the ledger can be read.
func (p *Pages) names(c *gin.Context) (map[string]string, error) {
	users, err := p.cfg.People.List(c.Request.Context())
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(users))
	for _, u := range users {
		names[u.ID] = u.Name
	}
	return names, nil
}

func line(e audit.Entry, names map[string]string) staffui.Line {
	l := staffui.Line{Seq: e.Seq, At: e.At, Actor: e.Actor, Act: e.Act, Object: e.ObjectType, Outcome: e.Outcome, Hash: e.Hash}
	if n, ok := names[e.Actor]; ok {
		l.Actor = n
	}
	if e.ObjectID != "" {
		l.Object += " " + e.ObjectID
	}
	if n, ok := names[e.ObjectID]; ok {
		l.Object = e.ObjectType + " " + n
	}
	if len(l.Hash) > 12 {
		l.Hash = l.Hash[:12]
	}
	for k, v := range e.Detail {
		l.Detail = append(l.Detail, k+" "+v)
	}
	sort.Strings(l.Detail)
	return l
}
