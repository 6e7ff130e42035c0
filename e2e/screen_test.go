package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// patience is how long a tap may take to show: far more than a cashier has.
const patience = 10 * time.Second

// screen is a virtual display with a finger and a camera.
type screen struct {
	t       *testing.T
	display string
	size    image.Point
	// lifted is when the finger left the screen.
	lifted  time.Time
	turnOff func()
}

// newScreen starts Xvfb on a free display.
func newScreen(t *testing.T, size image.Point) *screen {
	t.Helper()
	for _, tool := range []string{"Xvfb", "xdotool", "import"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Fatalf("%s is missing: run scripts/setup.sh", tool)
		}
	}
	s := &screen{t: t, size: size}
	s.turnOn()
	return s
}

// turnOn starts the display, under the number that it had if it was turned off.
func (s *screen) turnOn() {
	s.t.Helper()
	reader, writer, err := os.Pipe()
	if err != nil {
		s.t.Fatal(err)
	}
	defer reader.Close()
	// or else it begins anew, and refuses clients meanwhile, whenever the last one has left
	args := []string{"-noreset", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", s.size.X, s.size.Y), "-nolisten", "tcp"}
	if s.display != "" {
		args = append([]string{s.display}, args...)
	}
	x := exec.Command("Xvfb", args...)
	x.ExtraFiles = []*os.File{writer}
	err = x.Start()
	_ = writer.Close() // Xvfb has its own
	if err != nil {
		s.t.Fatalf("starting Xvfb: %v: run scripts/setup.sh", err)
	}
	s.turnOff = sync.OnceFunc(func() {
		_ = x.Process.Kill() // it may have ended already
		_ = x.Wait()         // killed
	})
	s.t.Cleanup(s.turnOff)
	if err := reader.SetReadDeadline(time.Now().Add(patience)); err != nil {
		s.t.Fatal(err)
	}
	number, err := bufio.NewReader(reader).ReadString('\n')
	if err != nil {
		s.t.Fatalf("waiting for Xvfb: %v", err)
	}
	s.display = ":" + strings.TrimSpace(number)
}

func (s *screen) env() []string { return []string{"DISPLAY=" + s.display} }

func (s *screen) run(name string, args ...string) []byte {
	s.t.Helper()
	command := exec.CommandContext(s.t.Context(), name, args...)
	command.Env = append(os.Environ(), s.env()...)
	var complaint bytes.Buffer
	command.Stderr = &complaint
	out, err := command.Output()
	if err != nil {
		s.t.Fatalf("%s %s: %v %s", name, strings.Join(args, " "), err, complaint.String())
	}
	return out
}

// finger moves through points: down at the first, up at the last. A still finger rests as long
// as people's do.
func (s *screen) finger(points ...image.Point) {
	s.t.Helper()
	at := func(p image.Point) []string { return []string{"mousemove", strconv.Itoa(p.X), strconv.Itoa(p.Y)} }
	args := append(at(points[0]), "mousedown", "1")
	for _, p := range points[1:] {
		args = append(append(args, "sleep", "0.01"), at(p)...)
	}
	s.run("xdotool", append(args, "sleep", "0.05", "mouseup", "1")...)
	s.lifted = time.Now()
}

// pace is between two taps: a second one on the same thing within half a second is a trembling
// finger, which the window ignores.
const pace = 600 * time.Millisecond

func (s *screen) tap(p image.Point) {
	s.t.Helper()
	s.until("the finger is up for long enough", func() bool { return time.Since(s.lifted) > pace })
	s.finger(p)
}

// swipe moves the finger evenly from one point to another.
func (s *screen) swipe(from, to image.Point) {
	s.t.Helper()
	const steps = 20
	points := []image.Point{from}
	for i := 1; i <= steps; i++ {
		points = append(points, from.Add(to.Sub(from).Mul(i).Div(steps)))
	}
	s.finger(points...)
}

// look takes a picture of the whole screen.
func (s *screen) look() *image.RGBA {
	s.t.Helper()
	raw := s.run("import", "-silent", "-window", "root", "-depth", "8", "ppm:-")
	var width, height, most int
	reader := bytes.NewReader(raw)
	if n, err := fmt.Fscanf(reader, "P6\n%d %d\n%d\n", &width, &height, &most); n != 3 || most != 255 {
		s.t.Fatalf("import made no picture: %v", err)
	}
	pixels := raw[len(raw)-reader.Len():]
	if len(pixels) != 3*width*height {
		s.t.Fatalf("import made %d bytes of %dx%d", len(pixels), width, height)
	}
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	for i := range width * height {
		copy(picture.Pix[4*i:], pixels[3*i:3*i+3])
		picture.Pix[4*i+3] = 255
	}
	return picture
}

// differ counts the pixels of a region that are not the same.
func differ(a, b *image.RGBA, region image.Rectangle) (n int) {
	for y := region.Min.Y; y < region.Max.Y; y++ {
		for x := region.Min.X; x < region.Max.X; x++ {
			if a.RGBAAt(x, y) != b.RGBAAt(x, y) {
				n++
			}
		}
	}
	return n
}

// bright tells a light pixel from a dark one.
func bright(c color.RGBA) bool { return int(c.R)+int(c.G)+int(c.B) > 3*128 }

// until waits for a condition.
func (s *screen) until(what string, done func() bool) {
	s.t.Helper()
	s.within(patience, what, done)
}

func (s *screen) within(limit time.Duration, what string, done func() bool) {
	s.t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(25 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			s.step("failed")
			s.t.Fatalf("not within %v: %s", limit, what)
		}
	}
}

// some is how many pixels have to differ: more than a stroke of a letter.
const some = 40

// still is how many looks in a row, 25 ms apart, have to be the same: on a busy machine one frame
// can stand between two looks.
const still = 8

// changed waits until a region looks different from before, and holds still.
func (s *screen) changed(what string, before *image.RGBA, region image.Rectangle) *image.RGBA {
	s.t.Helper()
	last, looks := before, 0
	s.until(what, func() bool {
		now := s.look()
		if differ(last, now, region) > 0 {
			looks = 0
		}
		last = now
		looks++
		return looks >= still && differ(before, now, region) >= some
	})
	return last
}

// same waits until a region looks as it did before.
func (s *screen) same(what string, before *image.RGBA, region image.Rectangle) {
	s.t.Helper()
	defer func() { // beside the picture of the failure
		if s.t.Failed() {
			s.keep("wanted", before)
		}
	}()
	s.until(what, func() bool { return differ(before, s.look(), region) == 0 })
}

// steps counts the pictures of all tests.
var steps atomic.Int32

// step keeps a picture of the screen under a name.
func (s *screen) step(name string) *image.RGBA {
	s.t.Helper()
	return s.keep(name, s.look())
}

func (s *screen) keep(name string, picture *image.RGBA) *image.RGBA {
	s.t.Helper()
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&out, picture); err != nil {
		s.t.Fatal(err)
	}
	file := filepath.Join(pictures, fmt.Sprintf("%02d-%s.png", steps.Add(1), name))
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.t.Logf("step %s: %s", name, file)
	return picture
}
