using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;

namespace OpenClaw.Grains.Tests.Tasks;

/// <summary>Writes one cell of the lifecycle as a word.</summary>
internal static class LifecycleTable
{
    public static string Cell(string state, string trigger)
    {
        var record = Situations.States[state];
        var (make, at) = Situations.Triggers[trigger];
        return Word(record, Situations.Step(record, make(record), at));
    }

    /// <summary>
    /// <c>+state</c>: committed; <c>~state</c>: in memory; <c>=</c>: nothing; <c>!why</c>: refused; then what the caller hears.
    /// </summary>
    private static string Word(TaskRecord? before, TaskStep step)
    {
        var word = step.Rejection != Rejection.None ? "!" + step.Rejection : "";
        if (step.Durable) word = "+" + step.Record!.State.ToWireName() + word;
        else if (!ReferenceEquals(before, step.Record)) word = "~" + step.Record!.State.ToWireName() + word;
        if (word.Length == 0) word = "=";
        if (step.Directive is not Directive.None && step.Rejection == Rejection.None) word += " " + step.Directive;
        if (step.Fate is ResultFate.Duplicate or ResultFate.Late) word += " " + step.Fate;
        else if (step.Repeated) word += " Repeated";
        return word;
    }
}
