using System.Globalization;
using System.Reflection;
using OpenClaw.GrainInterfaces.Tasks;
using OpenClaw.Grains.Tasks;
using Orleans.Concurrency;

namespace OpenClaw.Grains.Tests.Contracts;

/// <summary>
/// What silos and gateways of different builds have to agree on, as lines of text: calls, fields of what is sent or stored, values of
/// enums.
/// </summary>
internal static class ContractText
{
    private static readonly Type[] Ours = [.. typeof(ITaskGrain).Assembly.GetTypes(), .. typeof(TaskRecord).Assembly.GetTypes()];

    /// <summary>Every type with a serializer of its own, but enums, by alias.</summary>
    public static IReadOnlyDictionary<string, Type> Types { get; } =
        Serialized.Where(type => !type.IsEnum).ToDictionary(NameOf, StringComparer.Ordinal);

    /// <summary>Types that a grain's state is stored as, as JSON.</summary>
    public static IReadOnlyList<Type> States { get; } =
    [
        .. from type in Ours
           from constructor in type.GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
           from parameter in constructor.GetParameters()
           where parameter.GetCustomAttribute<PersistentStateAttribute>() is { StorageName: "Default" }
           select parameter.ParameterType.GetGenericArguments()[0],
    ];

    /// <summary>All of it, sorted.</summary>
    public static IReadOnlyList<string> Lines() => [.. Calls().Concat(Fields()).Concat(Values()).Order(StringComparer.Ordinal)];

    /// <summary>Members that are sent, by number.</summary>
    public static IEnumerable<(uint Id, PropertyInfo Member)> Members(Type type) =>
        from member in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        let id = member.GetCustomAttribute<IdAttribute>()
        where id is not null
        orderby id.Id
        select (id.Id, member);

    public static string NameOf(MemberInfo member) => member.GetCustomAttribute<AliasAttribute>()?.Alias ?? member.Name;

    private static IEnumerable<Type> Serialized => Ours.Where(type => type.GetCustomAttribute<GenerateSerializerAttribute>() is not null);

    private static IEnumerable<string> Calls() =>
        from type in Ours
        where type.IsInterface && typeof(IAddressable).IsAssignableFrom(type)
        from method in type.GetMethods()
        let oneWay = method.GetCustomAttribute<OneWayAttribute>() is null ? "" : " one-way"
        select $"call {NameOf(type)}.{NameOf(method)}({string.Join(", ", method.GetParameters().Select(p => TypeName(p.ParameterType)))}) "
            + $"{TypeName(method.ReturnType)}{oneWay}";

    private static IEnumerable<string> Fields() =>
        from type in Types.Values
        from field in Members(type)
        let number = field.Id.ToString("00", CultureInfo.InvariantCulture)
        select $"field {NameOf(type)} {number} {field.Member.Name} {TypeName(field.Member.PropertyType)}";

    private static IEnumerable<string> Values() =>
        from type in Serialized
        where type.IsEnum
        from value in Enum.GetValuesAsUnderlyingType(type).Cast<object>()
        select string.Create(CultureInfo.InvariantCulture, $"value {NameOf(type)} {value:00} {Enum.GetName(type, value)}");

    private static string TypeName(Type type)
    {
        if (type.IsArray) return TypeName(type.GetElementType()!) + "[]";
        if (!type.IsGenericType) return NameOf(type);
        var name = type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)];
        return $"{name}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>";
    }
}
