namespace Pulumi.Eks;

/// <summary>What an add-on does with values that are there before it.</summary>
[EnumType]
public readonly struct ResolveConflictsOnCreate : IEquatable<ResolveConflictsOnCreate>
{
    private readonly string _value;

    private ResolveConflictsOnCreate(string value) => _value = value ?? throw new ArgumentNullException(nameof(value));

    public static ResolveConflictsOnCreate None { get; } = new("NONE");

    public static ResolveConflictsOnCreate Overwrite { get; } = new("OVERWRITE");

    public static bool operator ==(ResolveConflictsOnCreate left, ResolveConflictsOnCreate right) => left.Equals(right);

    public static bool operator !=(ResolveConflictsOnCreate left, ResolveConflictsOnCreate right) => !left.Equals(right);

    public static explicit operator string(ResolveConflictsOnCreate value) => value._value;

    public bool Equals(ResolveConflictsOnCreate other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is ResolveConflictsOnCreate other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
