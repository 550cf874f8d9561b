using System.Globalization;

namespace OpenClaw.Storage.Rows;

/// <summary>
/// Parts of statements made from a list of columns as it stands in SQL, <c>id, version, state</c>. Each is made once, for a static field.
/// </summary>
internal static class ColumnList
{
    private const string Separator = ", ";

    public static int Count(string columns) => columns.Split(Separator).Length;

    /// <summary><c>t.id, t.version, t.state</c>: each column of a table.</summary>
    public static string Qualify(string table, string columns) => Format(columns, (column, _) => $"{table}.{column}");

    /// <summary><c>$1, $2, $3</c>, one for each column.</summary>
    public static string Parameters(string mark, string columns, int first = 1) =>
        Format(columns, (_, index) => FormatParameter(mark, first + index));

    /// <summary><c>id = ?2, version = ?3, state = ?4</c></summary>
    public static string SetParameters(string mark, int first, string columns) =>
        Format(columns, (column, index) => $"{column} = {FormatParameter(mark, first + index)}");

    /// <summary><c>id = n.id, version = n.version, state = n.state</c></summary>
    public static string SetFrom(string table, string columns) => Format(columns, (column, _) => $"{column} = {table}.{column}");

    private static string Format(string columns, Func<string, int, string> format) =>
        string.Join(Separator, columns.Split(Separator).Select(format));

    private static string FormatParameter(string mark, int number) => string.Create(CultureInfo.InvariantCulture, $"{mark}{number}");
}
