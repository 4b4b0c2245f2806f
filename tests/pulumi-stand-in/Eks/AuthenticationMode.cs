namespace Pulumi.Eks;

/// <summary>Where a cluster looks up who may use it. The modes with the ConfigMap aws-auth are deprecated and left out.</summary>
[EnumType]
public readonly struct AuthenticationMode : IEquatable<AuthenticationMode>
{
    private readonly string _value;

    private AuthenticationMode(string value) => _value = value ?? throw new ArgumentNullException(nameof(value));

    public static AuthenticationMode Api { get; } = new("API");

    public static bool operator ==(AuthenticationMode left, AuthenticationMode right) => left.Equals(right);

    public static bool operator !=(AuthenticationMode left, AuthenticationMode right) => !left.Equals(right);

    public static explicit operator string(AuthenticationMode value) => value._value;

    public bool Equals(AuthenticationMode other) => string.Equals(_value, other._value, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is AuthenticationMode other && Equals(other);

    public override int GetHashCode() => _value?.GetHashCode(StringComparison.Ordinal) ?? 0;

    public override string ToString() => _value;
}
