package supervise

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// The test's own program plays parent and child: both are real processes.
const (
	roleVariable  = "SUPERVISE_ROLE"  // parent; empty: the tests
	planVariable  = "SUPERVISE_PLAN"  // what the children do, one after the other
	countVariable = "SUPERVISE_COUNT" // a file with a byte for each child that began
	screenSet     = "SUPERVISE_SCREEN"
)

func TestMain(m *testing.M) {
	if os.Getenv(roleVariable) != "" {
		if _, child := os.LookupEnv(variable); child {
			playChild()
		}
		playParent()
	}
	goleak.VerifyTestMain(m)
}

func playParent() {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, Signals()...)
	p := &Parent{
		Program: os.Args[0], Directory: os.Getenv("SUPERVISE_DATA"), Version: "test",
		Log:    slog.New(slog.NewTextHandler(os.Stderr, nil)),
		Screen: func(report string) []string { return []string{screenSet + "=" + report} },
		Most:   2, Patience: 2 * time.Second, Grace: 3 * time.Second, // a program with the race detector takes one to exit
	}
	code, err := p.Run(signals)
	if err != nil {
		fmt.Fprintln(os.Stderr, "parent:", err)
	}
	os.Exit(code)
}

// playChild does what the plan says for the child of this turn.
func playChild() {
	if _, err := Begin(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
	if report, screen := os.LookupEnv(screenSet); screen {
		fmt.Println("screen", filepath.Base(report))
	} else {
		fmt.Println("ready")
	}
	slog.New(slog.NewTextHandler(os.Stderr, nil)).Info("an order was taken", "customer", "Zoë Tremblay")
	file, err := os.OpenFile(os.Getenv(countVariable), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = file.WriteString(".")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
	begun, _ := os.ReadFile(os.Getenv(countVariable)) // just written
	plan := strings.Fields(os.Getenv(planVariable))
	switch plan[min(len(begun), len(plan))-1] {
	case "end":
		os.Exit(0)
	case "start":
		os.Exit(ExitStart)
	case "failed":
		os.Exit(ExitFailed)
	case "display":
		os.Exit(ExitDisplay)
	case "again":
		os.Exit(ExitAgain)
	case "left":
		os.Exit(ExitLeft)
	case "panic":
		panic("the customer Zoë Tremblay, 514 555-0148\ngoroutine of Luc")
	case "nil":
		go func() {
			var p *Parent
			p.Version = ""
		}()
		hang()
	case "map":
		shared := map[int]int{}
		for range 8 {
			go func() {
				for {
					shared[1]++
				}
			}()
		}
		hang()
	case "segv": // as a fault in C: the runtime cannot make a panic of it
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		hang()
	case "killed":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		hang()
	case "wait":
		stop := make(chan os.Signal, 1)
		signal.Notify(stop, syscall.SIGTERM)
		fmt.Println("waits")
		<-stop
		os.Exit(0)
	case "deaf":
		signal.Ignore(syscall.SIGTERM)
		fmt.Println("waits")
		hang()
	case "cat":
		_, _ = io.Copy(os.Stdout, os.Stdin) // stdin closes
		os.Exit(0)
	}
	os.Exit(9)
}

// hang is no deadlock, which the runtime would end.
func hang() { time.Sleep(time.Hour) }

// family is a parent with its children.
type family struct {
	t      *testing.T
	cmd    *exec.Cmd
	data   string
	count  string
	out    output
	errors output
}

// output may be read while it is written.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(data)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func start(t *testing.T, plan, input string) *family {
	t.Helper()
	dir := t.TempDir()
	f := &family{t: t, data: filepath.Join(dir, "data"), count: filepath.Join(dir, "count"), cmd: exec.Command(os.Args[0])}
	f.cmd.Env = append(os.Environ(), roleVariable+"=parent", planVariable+"="+plan, countVariable+"="+f.count, "SUPERVISE_DATA="+f.data)
	f.cmd.Stdin, f.cmd.Stdout, f.cmd.Stderr = strings.NewReader(input), &f.out, &f.errors
	if err := f.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.cmd.Process.Kill() }) // it has ended where the test went well
	return f
}

// end waits for the parent and returns its exit code.
func (f *family) end() int {
	f.t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = f.cmd.Wait() // ProcessState says it
	}()
	select {
	case <-done:
	case <-time.After(20 * time.Second):
		f.t.Fatalf("the parent does not end\n%s\n%s", &f.out, &f.errors)
	}
	return f.cmd.ProcessState.ExitCode()
}

func (f *family) until(words string) {
	f.t.Helper()
	limit := time.After(20 * time.Second)
	for !strings.Contains(f.out.String(), words) {
		select {
		case <-limit:
			f.t.Fatalf("nobody says %q\n%s\n%s", words, &f.out, &f.errors)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (f *family) children() int {
	begun, err := os.ReadFile(f.count)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(begun)
}
