package order_test

import (
	"fmt"
	"time"

	"comptoir/order"
)

// An order comes in, is late if nobody starts, and is made in time.
func Example() {
	ten := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	draft := order.Order{
		ID: order.Identity("demo-doordash", "4c6d7fc7"), Location: "plateau", Currency: "CAD",
		Channel: "DoorDash", Connection: "demo-doordash", PreparationMinutes: 25,
		Fulfillment: order.Fulfillment{Type: order.Delivery, PromisedAt: ten.Add(30 * time.Minute)},
		Lines:       []order.Line{{Name: "Burger façon Comptoir", Quantity: 2, UnitPrice: 1450}},
	}
	policy := order.Policy{Accept: true, Reject: true}

	var o order.Order
	for minute, c := range []order.Command{
		{ID: "1", Type: order.Place, Order: &draft},
		{ID: "2", Type: order.Accept},
		{ID: "3", Type: order.Start},
		{ID: "4", Type: order.Delay, Minutes: 5},
	} {
		now := ten.Add(time.Duration(3*minute) * time.Minute)
		next, err := order.Apply(o, c, policy, now)
		if err != nil {
			fmt.Println(c.Type, "is refused:", err)
			continue
		}
		o = next
		step, _ := order.Next(o, policy, now)
		fmt.Println(now.Format("15:04"), o.Status, "late:", o.Lateness(now).Late, "next:", step)
	}
	// Output:
	// 10:00 new late: false next: Accept
	// 10:03 accepted late: false next: Start
	// 10:06 preparing late: true next: Ready
	// Delay is refused: the platform takes no delay from here: contact it: DoorDash
}
