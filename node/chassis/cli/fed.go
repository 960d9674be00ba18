package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/saphan-network/saphan/federation/fault"
	"github.com/saphan-network/saphan/federation/mailbox"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/postroom"
	"github.com/saphan-network/saphan/node/chassis/say"
	"github.com/saphan-network/saphan/node/clinic"
	"github.com/saphan-network/saphan/policies/staff"
)

// post is what the commands about other servers stand on. They act as the
// server itself; the ledger says so.
type post struct {
	*Base
	mail *mailbox.Store
	desk *postroom.Desk
}

// hasMailbox reports whether the program takes part in the network.
func (s *Shell) hasMailbox() bool {
	name := mailbox.Migrations().Name
	return slices.ContainsFunc(s.Program.Sets, func(x database.Set) bool { return x.Name == name })
}

func (s *Shell) withPost(c *cobra.Command, f func(p post) error) error {
	return s.with(c, func(b *Base) error {
		n, err := s.waiting(c.Context(), b)
		if err != nil {
			return err
		}
		if n > 0 {
			return behind(n)
		}
		may, err := staff.New()
		if err != nil {
			return err
		}
		mail := mailbox.New(b.DB, s.Now)
		return f(post{Base: b, mail: mail, desk: postroom.New(mail, "", may, b.DB, b.Ledger, s.Now).Receiving(mail, nil)})
	})
}

// ours reports whether an actor lives here: the members list has us on it too.
func (p post) ours(actor string) bool {
	return strings.HasPrefix(actor, strings.TrimSuffix(p.Values.Text("base_url"), "/")+"/")
}

func (s *Shell) fedCommand() *cobra.Command {
	queue := &cobra.Command{Use: "queue", Args: cobra.NoArgs, Short: s.T("การรับส่งกับเซิร์ฟเวอร์อื่น และข้อความที่รอส่งหรือรอคนตัดสิน", "The lines to other servers, and messages that wait or are held"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withPost(c, func(p post) error { return s.tellQueue(c, p) })
		}}
	message := func(use, short string, done say.Text, do deed) *cobra.Command {
		return s.reasoned(use, &cobra.Command{Use: use + " ACTIVITY", Args: cobra.ExactArgs(1), Short: short}, func(c *cobra.Command, args []string, why string) error {
			return s.withPost(c, func(p post) error {
				err := do(p.desk, c.Context(), clinic.System, args[0], why)
				if fault.Is(err, fault.NotFound) {
					return say.Fail(ExitFailed, say.Text{TH: "ไม่มีข้อความนี้ ดูรายการด้วย fed queue", EN: "There is no such message; see fed queue"}, nil)
				}
				return s.did(err, args[0], use, done)
			})
		})
	}
	line := func(use, short string, done say.Text, do deed) *cobra.Command {
		return s.reasoned(use, &cobra.Command{Use: use + " PEER", Args: cobra.ExactArgs(1), Short: short}, func(c *cobra.Command, args []string, why string) error {
			return s.withPost(c, func(p post) error {
				_, err := p.mail.Peer(c.Context(), args[0])
				if fault.Is(err, fault.NotFound) || p.ours(args[0]) {
					return say.Fail(ExitFailed, say.Text{TH: "ไม่รู้จักเซิร์ฟเวอร์นี้ ดูรายการด้วย peer list", EN: "This server is not known; see peer list"}, nil)
				}
				if err == nil {
					err = do(p.desk, c.Context(), clinic.System, args[0], why)
				}
				return s.did(err, args[0], use, done)
			})
		})
	}
	return group("fed", s.T("ข้อความที่ส่งถึงเซิร์ฟเวอร์อื่น", "Messages to other servers"), queue, s.fetchCommand(), s.verifyCommand(),
		message("retry", s.T("ส่งข้อความที่รอส่งหรือรอคนตัดสินใหม่", "Send a waiting or held message again"),
			say.Text{TH: "จะส่งใหม่เมื่อถึงลำดับ", EN: "It is sent again as soon as its order allows"}, plain((*postroom.Desk).Retry)),
		message("drop", s.T("เลิกส่งข้อความ กลับคำไม่ได้", "Give a message up; this cannot be undone"),
			say.Text{TH: "เลิกส่งแล้ว ข้อความถัดไปในเรื่องเดียวกันส่งต่อได้", EN: "It is given up; what comes after it goes on"}, (*postroom.Desk).Drop),
		line("pause", s.T("พักการส่งถึงเซิร์ฟเวอร์หนึ่ง", "Stop sending to a server"),
			say.Text{TH: "พักการส่งแล้ว ข้อความใหม่จะรออยู่ในคิว", EN: "Nothing is sent there; new messages wait"}, (*postroom.Desk).Pause),
		line("resume", s.T("เริ่มส่งต่อทันที", "End a pause, and any delay"),
			say.Text{TH: "กำลังส่งสิ่งที่รออยู่", EN: "Sending goes on"}, plain((*postroom.Desk).Resume)))
}

// deed is what the postroom can do with one message or one line, for a reason.
type deed func(d *postroom.Desk, ctx context.Context, who clinic.Actor, id, reason string) error

// plain is a deed that needs no reason.
func plain(do func(d *postroom.Desk, ctx context.Context, who clinic.Actor, id string) error) deed {
	return func(d *postroom.Desk, ctx context.Context, who clinic.Actor, id, _ string) error {
		return do(d, ctx, who, id)
	}
}

// reasoned adds the option of a reason where the postroom wants one.
func (s *Shell) reasoned(use string, c *cobra.Command, run func(c *cobra.Command, args []string, why string) error) *cobra.Command {
	var why string
	if all := postroom.Reasons(use); len(all) > 0 {
		usual := map[string]string{"drop": postroom.Outdated, "pause": postroom.Maintenance}[use]
		c.Flags().StringVar(&why, "reason", usual, s.T("เหตุผล: ", "why: ")+strings.Join(all, ", "))
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		if all := postroom.Reasons(use); len(all) > 0 && !slices.Contains(all, why) {
			return say.Fail(ExitUsage, say.Text{TH: "เหตุผลที่เลือกได้: " + strings.Join(all, ", "), EN: "The reasons are: " + strings.Join(all, ", ")}, nil)
		}
		return run(c, args, why)
	}
	return c
}

// did tells what was done. A server that is running sees it within seconds.
func (s *Shell) did(err error, id, what string, done say.Text) error {
	if err != nil {
		return err
	}
	return s.Print(map[string]string{"id": id, "done": what}, func(w io.Writer) error { _, err := fmt.Fprintln(w, done.In(s.Lang)); return err })
}

type lineOut struct {
	Peer    string    `json:"peer"`
	Name    string    `json:"name"`
	Role    string    `json:"role"`
	State   string    `json:"state"`
	Waiting int       `json:"waiting"`
	Held    int       `json:"held"`
	Oldest  time.Time `json:"oldest,omitzero"`
	Next    time.Time `json:"next,omitzero"`
	OK      time.Time `json:"ok,omitzero"`
	Heard   time.Time `json:"heard,omitzero"`
	Why     string    `json:"why,omitempty"`
	Status  int       `json:"status,omitempty"`
	Missing int64     `json:"missing,omitempty"`
	Aside   int       `json:"aside,omitempty"`
	Since   time.Time `json:"since,omitzero"` // of a failing line: nothing that waits was taken from then on
	Dead    bool      `json:"dead,omitempty"` // for days: probed once a day, or when it speaks
}

type messageOut struct {
	ID       string    `json:"id"`
	Peer     string    `json:"peer"`
	Type     string    `json:"type"`
	State    string    `json:"state"`
	Sequence int64     `json:"sequence"`
	Created  time.Time `json:"created"`
	Next     time.Time `json:"next,omitzero"`
	Attempts int       `json:"attempts"`
	Why      string    `json:"why,omitempty"`
	Status   int       `json:"status,omitempty"`
}

func (s *Shell) tellQueue(c *cobra.Command, p post) error {
	all, err := p.desk.Lines(c.Context(), clinic.System)
	if err != nil {
		return err
	}
	open, err := p.mail.Queue(c.Context(), "")
	if err != nil {
		return err
	}
	kept, err := p.mail.Lines(c.Context())
	if err != nil {
		return err
	}
	by := map[string]mailbox.Line{}
	for _, l := range kept {
		by[l.Peer] = l
	}
	lines, messages := []lineOut{}, []messageOut{}
	for _, l := range all {
		if !p.ours(l.Peer) {
			lines = append(lines, lineOut{l.Peer, l.Name, l.Role, l.State, l.Waiting, l.Held, l.Oldest, l.Next, l.OK, l.Heard, l.Why, l.Status, l.Missing, l.Aside,
				by[l.Peer].Since, by[l.Peer].Dead})
		}
	}
	for _, m := range open {
		messages = append(messages, messageOut{m.ActivityID, m.To, m.Type, string(m.State), m.Sequence, m.Created, m.Next, m.Attempts, m.ErrorKey, m.Status})
	}
	return s.Print(map[string]any{"lines": lines, "messages": messages}, func(w io.Writer) error {
		var b strings.Builder
		for _, l := range lines {
			fmt.Fprintf(&b, "%-8s %s  %s\n", l.State, l.Peer, l.Name)
			fmt.Fprintf(&b, s.T("         รอส่ง %d รอคนตัดสิน %d%s\n", "         %d waiting, %d held%s\n"), l.Waiting, l.Held, reason(l.Why, l.Status))
			if l.Dead {
				fmt.Fprintf(&b, s.T("         ไม่รับข้อความมาตั้งแต่ %s ลองวันละครั้ง และทันทีที่ติดต่อมา\n", "         has taken nothing since %s; tried once a day, and as soon as it speaks\n"),
					l.Since.Format("2006-01-02"))
			}
		}
		for _, m := range messages {
			fmt.Fprintf(&b, "%-8s %s %s #%d %s\n", m.State, m.Created.Format("2006-01-02 15:04:05Z"), m.Type, m.Sequence, m.Peer)
			fmt.Fprintf(&b, s.T("         %s  ลองแล้ว %d ครั้ง%s\n", "         %s  %d attempts%s\n"), m.ID, m.Attempts, reason(m.Why, m.Status))
		}
		if len(lines)+len(messages) == 0 {
			fmt.Fprintln(&b, s.T("ยังไม่รู้จักเซิร์ฟเวอร์อื่น", "No other server is known yet"))
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

func reason(why string, status int) string {
	switch {
	case why == "":
		return ""
	case status == 0:
		return "  " + why
	}
	return fmt.Sprintf("  %s (HTTP %d)", why, status)
}

func (s *Shell) peerCommand() *cobra.Command {
	list := &cobra.Command{Use: "list", Args: cobra.NoArgs, Short: s.T("รายชื่อเซิร์ฟเวอร์ที่รู้จัก", "List the servers that are known"),
		RunE: func(c *cobra.Command, _ []string) error {
			return s.withPost(c, func(p post) error { return s.listPeers(c, p) })
		}}
	return group("peer", s.T("เซิร์ฟเวอร์อื่นในเครือข่าย", "The other servers of the network"), list)
}

func (s *Shell) listPeers(c *cobra.Command, p post) error {
	peers, err := p.mail.Peers(c.Context())
	if err != nil {
		return err
	}
	type line struct {
		Actor  string    `json:"actor"`
		Name   string    `json:"name"`
		Role   string    `json:"role"`
		Tier   string    `json:"tier,omitempty"`
		State  string    `json:"state,omitempty"`
		Paused bool      `json:"paused"`
		KeyID  string    `json:"key_id"`
		Pinned time.Time `json:"pinned"`
	}
	lines := []line{}
	for _, x := range peers {
		if !p.ours(x.Actor) {
			lines = append(lines, line{x.Actor, x.Name, x.Role, x.Tier, x.State, x.Paused, x.KeyID, x.Pinned})
		}
	}
	return s.Print(lines, func(w io.Writer) error {
		for _, l := range lines {
			paused := ""
			if l.Paused {
				paused = s.T("  พักการส่ง", "  paused")
			}
			if _, err := fmt.Fprintf(w, "%-9s %-11s %-9s %s  %s%s\n", l.Role, l.Tier, l.State, l.Actor, l.Name, paused); err != nil {
				return err
			}
		}
		if len(lines) == 0 {
			_, err := fmt.Fprintln(w, s.T("ยังไม่รู้จักเซิร์ฟเวอร์อื่น", "No other server is known yet"))
			return err
		}
		return nil
	})
}
