// Command demo runs a whole network on loopback with made-up data, ready to be
// clicked through: the secretariat's hub and three (or more) member organisations.
//
//	go run ./deploy/demo [-dir DIR] [-port 8080] [-members N] [-database sqlite|postgres://…] [-json] [-reset]
//
// The hub is on PORT, the members are on PORT+1 and up, and last an organisation that
// applies and is none yet. What is done in it
// survives a restart.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/saphan-network/saphan/deploy/network"
	"github.com/saphan-network/saphan/node/chassis/database"
	"github.com/saphan-network/saphan/node/chassis/station"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// run is main with its world passed in; it returns the exit code: 0 ended as
// asked, 1 failed, 2 wrong use.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, asJSON, code := parse(args, stderr)
	if code >= 0 {
		return code
	}
	o.Ruled, o.Applicant = true, true
	thai := strings.HasPrefix(os.Getenv("LANG"), "th")
	n, err := network.Start(ctx, o)
	if err != nil {
		if errors.Is(err, context.Canceled) {
			return 0
		}
		fmt.Fprintln(stderr, "demo:", explain(err, thai))
		return 1
	}
	if asJSON {
		enc := json.NewEncoder(stdout)
		enc.SetIndent("", "  ")
		err = enc.Encode(n.Summary())
	} else {
		err = tell(stdout, n.Summary(), thai)
	}
	if err != nil {
		fmt.Fprintln(stderr, "demo:", err)
	}
	<-ctx.Done()
	if err := n.Close(); err != nil {
		fmt.Fprintln(stderr, "demo:", err)
		return 1
	}
	return 0
}

// parse reads the options; code is -1 when the demo should go on.
func parse(args []string, stderr io.Writer) (o network.Options, asJSON bool, code int) {
	f := flag.NewFlagSet("demo", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.Dir, "dir", "demo-data", "folder for databases and keys")
	f.IntVar(&o.Port, "port", 8080, "the hub's port; the members are on the ports after it")
	f.IntVar(&o.Members, "members", 3, "number of member organisations")
	f.StringVar(&o.Database, "database", "sqlite", "sqlite, or the postgres:// URL of a database in which each server gets a schema")
	f.BoolVar(&asJSON, "json", false, "print one JSON document once all servers answer")
	f.BoolVar(&o.Reset, "reset", false, "delete what an earlier demo left in the folder (and its schemas) first")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return o, asJSON, 0
		}
		return o, asJSON, 2
	}
	switch {
	case f.NArg() > 0:
		fmt.Fprintf(stderr, "demo: unknown argument %q\n", f.Arg(0))
	case o.Members < 1 || o.Members > 50:
		fmt.Fprintln(stderr, "demo: -members is from 1 to 50")
	case o.Port < 1 || o.Port+o.Members+1 > 65535:
		fmt.Fprintln(stderr, "demo: -port is from 1 to 65535, with room for the members")
	case o.Database != "sqlite" && !strings.HasPrefix(o.Database, "postgres://") && !strings.HasPrefix(o.Database, "postgresql://"):
		fmt.Fprintln(stderr, "demo: -database is sqlite or a postgres:// URL")
	default:
		return o, asJSON, -1
	}
	return o, asJSON, 2
}

// explain turns what commonly goes wrong into what to do.
func explain(err error, thai bool) string {
	if errors.Is(err, syscall.EADDRINUSE) {
		if thai {
			return fmt.Sprintf("มีโปรแกรมอื่นใช้พอร์ตนี้อยู่ ปิดโปรแกรมนั้น หรือเลือกพอร์ตอื่นด้วย -port (%v)", err)
		}
		return fmt.Sprintf("another program uses this port: stop it, or choose another with -port (%v)", err)
	}
	if u := (*database.Unopened)(nil); errors.As(err, &u) {
		if thai {
			return fmt.Sprintf("เปิดฐานข้อมูลไม่ได้ ตรวจว่าเซิร์ฟเวอร์ฐานข้อมูลเปิดอยู่ ที่อยู่และรหัสผ่านถูก และโฟลเดอร์เป็นของการสาธิตนี้ (%v)", u)
		}
		return fmt.Sprintf("a database cannot be opened: see that its server runs, that address and password are right, and that the folder is a demo's own (%v)", u)
	}
	if moved := (*station.Moved)(nil); errors.As(err, &moved) {
		if thai {
			return fmt.Sprintf("โฟลเดอร์นี้เป็นของพอร์ตอื่น ใช้ -port เดิม หรือ -dir อื่น หรือเริ่มใหม่ด้วย -reset (%v)", moved)
		}
		return fmt.Sprintf("this folder was made for another port: use that -port, another -dir, or begin anew with -reset (%v)", moved)
	}
	return err.Error()
}

// tell prints where to go and how to sign in.
func tell(w io.Writer, s network.Summary, thai bool) error {
	words := []string{"The network is running. Open one of these; Ctrl-C ends it.", "Password of every login: "}
	if thai {
		words = []string{"เครือข่ายสาธิตทำงานแล้ว เปิดที่อยู่ด้านล่างได้เลย กด Ctrl-C เพื่อปิด", "รหัสผ่านของทุกบัญชี: "}
	}
	var b strings.Builder
	b.WriteString("\n" + words[0] + "\n" + words[1] + network.Password + "\n\n")
	for _, v := range s.Servers {
		var logins []string
		for _, u := range v.Users {
			logins = append(logins, u.Login)
		}
		fmt.Fprintf(&b, "  %-4s %s  %s\n       %s\n", v.Role, v.URL, v.Name, strings.Join(logins, ", "))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
