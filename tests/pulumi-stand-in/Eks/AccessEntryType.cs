namespace Pulumi.Eks;

/// <summary>What uses a cluster through an access entry.</summary>
[EnumType]
public readonly struct AccessEntryType : IEquatable<AccessEntryType>
{
    private readonly string _value;

    private AccessEntryType(string value) => _value = value ?? throw new ArgumentNullException(nameof(value));

    public static AccessEntryType Standard { get; } = new("STANDARD");

    public static AccessEntryType FargateLinux { get; } = new("FARGATE_LINUX");

    public static AccessEntryType EC2Linux { get; } = new("EC2_LINUX");

    public static AccessEntryType EC2Windows { get; } = new("EC2_WINDOWS");

    public static AccessEntryType EC2 { get; } = new("EC2");

    public static bool operator ==(AccessEntryType left, AccessEntryType right) => left.Equals(right);

    public static bool operator !=(AccessEntryType left, AccessEntryType right) => !left.Equals(right);

    public static explicit operator string(AccessEntryType value) => value._value;

    public bool Equals(AccessEntryType other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is AccessEntryType other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
