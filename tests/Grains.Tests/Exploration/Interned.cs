namespace OpenClaw.Grains.Tests.Exploration;

/// <summary>Gives each different value a number: worlds are compared and kept by numbers.</summary>
internal sealed class Interned<T>(IEqualityComparer<T>? comparer = null) where T : notnull
{
    private readonly Dictionary<T, int> _numbers = new(comparer);
    private readonly List<T> _values = [];

    public T this[int number] => _values[number];

    public int Number(T value)
    {
        if (_numbers.TryGetValue(value, out var number)) return number;
        _values.Add(value);
        return _numbers[value] = _values.Count - 1;
    }
}
