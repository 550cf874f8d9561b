namespace OpenClaw.Cli.Printing;

/// <summary>Rows for people: columns as wide as what is in them, two spaces apart, a heading above.</summary>
internal static class TextTable
{
    public static void Write(TextWriter to, string[] headings, IEnumerable<string[]> rows)
    {
        string[][] lines = [headings, .. rows.Select(row => Array.ConvertAll(row, PrintableText.Escape))];
        var widths = headings.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            to.WriteLine(string.Join("  ", line.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
    }

    /// <summary>A thing with its properties, one a line; those without a value are left out.</summary>
    public static void WriteProperties(TextWriter to, params (string Name, string? Value)[] properties)
    {
        var width = properties.Max(property => property.Name.Length);
        foreach (var (name, value) in properties.Where(property => property.Value is not null))
            to.WriteLine($"{name.PadRight(width)}  {PrintableText.Escape(value!)}");
    }
}
