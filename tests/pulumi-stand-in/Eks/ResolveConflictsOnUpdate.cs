namespace Pulumi.Eks;

/// <summary>What an add-on's update does with values that were changed.</summary>
[EnumType]
public readonly struct ResolveConflictsOnUpdate : IEquatable<ResolveConflictsOnUpdate>
{
    private readonly string _value;

    private ResolveConflictsOnUpdate(string value) => _value = value ?? throw new ArgumentNullException(nameof(value));

    public static ResolveConflictsOnUpdate None { get; } = new("NONE");

    public static ResolveConflictsOnUpdate Overwrite { get; } = new("OVERWRITE");

    public static ResolveConflictsOnUpdate Preserve { get; } = new("PRESERVE");

    public static bool operator ==(ResolveConflictsOnUpdate left, ResolveConflictsOnUpdate right) => left.Equals(right);

    public static bool operator !=(ResolveConflictsOnUpdate left, ResolveConflictsOnUpdate right) => !left.Equals(right);

    public static explicit operator string(ResolveConflictsOnUpdate value) => value._value;

    public bool Equals(ResolveConflictsOnUpdate other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is ResolveConflictsOnUpdate other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
