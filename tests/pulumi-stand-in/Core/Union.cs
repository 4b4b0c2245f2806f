namespace Pulumi;

internal interface IUnion
{
    object Value { get; }
}

/// <summary>One of two types; the default is a T0 of default value.</summary>
public readonly struct Union<T0, T1> : IEquatable<Union<T0, T1>>, IUnion
{
    private readonly bool _isT1;
    private readonly T0 _value0;
    private readonly T1 _value1;

    private Union(bool isT1, T0 value0, T1 value1) => (_isT1, _value0, _value1) = (isT1, value0, value1);

    public bool IsT0 => !_isT1;

    public bool IsT1 => _isT1;

    public T0 AsT0 => IsT0 ? _value0 : throw new InvalidOperationException("Cannot return as T0 as result is T1");

    public T1 AsT1 => IsT1 ? _value1 : throw new InvalidOperationException("Cannot return as T1 as result is T0");

    public object Value => _isT1 ? _value1! : _value0!;

    public static Union<T0, T1> FromT0(T0 input) => new(false, input, default!);

    public static Union<T0, T1> FromT1(T1 input) => new(true, default!, input);

    public static implicit operator Union<T0, T1>(T0 t) => FromT0(t);

    public static implicit operator Union<T0, T1>(T1 t) => FromT1(t);

    public static bool operator ==(Union<T0, T1> left, Union<T0, T1> right) => left.Equals(right);

    public static bool operator !=(Union<T0, T1> left, Union<T0, T1> right) => !(left == right);

    public bool Equals(Union<T0, T1> other) => _isT1 == other._isT1 && Equals(Value, other.Value);

    public override bool Equals(object? obj) => obj is Union<T0, T1> other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(_isT1, Value);

    public override string ToString() => $"{(_isT1 ? typeof(T1) : typeof(T0)).FullName}: {Value}";

    public TResult Match<TResult>(Func<T0, TResult> f0, Func<T1, TResult> f1) => _isT1 ? f1(_value1) : f0(_value0);
}
