package network

import (
	"context"
	"fmt"

	"github.com/saphan-network/saphan/node/clinic/ruleset"
)

// ruling is one version of a node's own rules as the demo makes it.
type ruling struct {
	note string
	rows []ruleset.Row
	live bool // the administrator puts it into force; otherwise it waits for that
}

// rulings are what the demo's nodes forbid beyond the network's agreement: one
// version that is over, one in force, and one that waits for a second person. What is in
// force concerns provisional members only, of whom the demo has none: its referrals go on.
func rulings() []ruling {
	row := func(who, field, when, reason string) ruleset.Row {
		return ruleset.Row{Who: who, Purpose: "referral", Field: field, Form: "*", When: when, Reason: reason}
	}
	few := row("role:provisional", "referral/issues", "r.ctx.K < 10", "ในพื้นที่ของเราคนกลุ่มนี้มีน้อย เดาตัวได้ง่าย")
	child := row("role:provisional", "referral/phrases", "!r.ctx.Adult", "สมาชิกทดลองยังไม่ผ่านการอบรมเรื่องเด็ก")
	return []ruling{
		{"เริ่มใช้กฎของเราเอง", []ruleset.Row{few}, true},
		{"ที่ประชุมเจ้าหน้าที่ขอให้คุ้มครองเด็กเพิ่ม", []ruleset.Row{few, child}, true},
		{"กรณีเด็กในหมู่บ้านเล็ก ขอไม่ส่งจังหวัดของเด็กเมื่อมีคนเหมือนกันไม่ถึง 20 คน",
			[]ruleset.Row{few, child, row("*", "referral/subject/place", "!r.ctx.Adult && r.ctx.K < 20", "จังหวัดกับอายุรวมกันบอกได้ว่าเป็นครอบครัวใด")}, false},
	}
}

// rule makes a node's own rules as its people would: the supervisor drafts and
// proposes, the administrator puts into force.
func (s *Server) rule(ctx context.Context) error {
	drafts, err := s.As(ctx, "supervisor")
	if err != nil {
		return err
	}
	decides, err := s.As(ctx, "admin")
	if err != nil {
		return err
	}
	desk, over := s.Node.Rules, int64(0)
	for _, one := range rulings() {
		n, err := desk.Begin(ctx, drafts, one.note, 0)
		if err != nil {
			return fmt.Errorf("drafting rules: %w", err)
		}
		v, err := desk.Show(ctx, drafts, n)
		if err != nil {
			return err
		}
		revision := v.Revision
		for _, row := range one.rows[len(v.Rows):] {
			if err := desk.Put(ctx, drafts, n, revision, row); err != nil {
				return fmt.Errorf("a rule of version %d: %w", n, err)
			}
			revision++
		}
		if v, err = desk.Show(ctx, drafts, n); err != nil {
			return err
		}
		if err := desk.Propose(ctx, drafts, n, revision, v.Judgement.Hash); err != nil {
			return fmt.Errorf("proposing version %d: %w", n, err)
		}
		if !one.live {
			continue
		}
		if err := desk.Activate(ctx, decides, n, revision+1, over, v.Judgement.Hash); err != nil {
			return fmt.Errorf("version %d into force: %w", n, err)
		}
		over = n
	}
	return nil
}
