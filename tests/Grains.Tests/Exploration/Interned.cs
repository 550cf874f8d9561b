namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>Gives each different value a number: worlds are compared and kept by numbers.</summary>
internal sealed class Interned<T>(IEqualityComparer<T>? comparer = null) where T : notnull
{
    private readonly Dictionary<T, int> numbers = new(comparer);
    private readonly List<T> values = [];

    public T this[int number] => values[number];

    public int Number(T value)
    {
        if (numbers.TryGetValue(value, out var number)) return number;
        values.Add(value);
        return numbers[value] = values.Count - 1;
    }
}
